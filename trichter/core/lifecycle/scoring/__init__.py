"""The score: fit and behaviour as two axes, one model in versions, agreed on by marketing and sales.

`model` and `model_json` say what a model is, `ledger` counts while events come in, `explain` tells where
every point comes from. These and `steps`, `history`, `advisor` are pure: events, model, zone and moment are
passed in.
"""
