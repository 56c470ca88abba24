"""Stage: people who are interested learn more and decide."""
