"""`python -m trichter` is the same as the console command `trichter`."""

from trichter.config.cli import main

main()
