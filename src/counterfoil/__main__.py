"""`python -m counterfoil` is the `counterfoil` command.

Owns nothing but that. Leaves every command and argument to the command line. Next: cli.py.
"""

import sys

from counterfoil.cli import main

if __name__ == "__main__":
    sys.exit(main())
