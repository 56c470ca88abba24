"""Pure helpers (clock, money, ids, text, statistics, tables, traffic): no Django, nothing of ours."""
