"""The engine: the journal in columns, and the kernels that answer behavioural questions over them.

`columns` holds events sorted by actor and time, `codebook` the values behind their codes, `mirror` keeps both
in step with the journal, `kernels` are the passes over them. Records nothing; reads the journal by itself.
"""
