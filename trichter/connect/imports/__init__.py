"""Files of the outside world: access logs, contacts, companies, deals, orders, ad costs.

Records import.finished, and the facts the files tell of. Follows none.
"""
