"""`python -m liqi.server` is the `liqi` command."""

from liqi.server.command import main

if __name__ == "__main__":
    main()
