"""Screens of handovers, of the rules behind them, and of the agreement."""
