"""Double opt-in with proof, and the page on which recipients choose what they get.

Records optin.confirmed; follows none (it hears of submissions by the forms' hook).
"""
