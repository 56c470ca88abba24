"""Past one machine: the journal in ClickHouse, and the engine's questions in its SQL.

`follower` keeps the table in step with the journal, `questions` answers what `engine.questions` answers, with
equal results. Records nothing; follows every kind. Off unless `clickhouse_url` is set.
"""
