"""`python -m hanazora`: the command where no script is installed, as from a plain checkout."""

from hanazora.cli.main import main

if __name__ == "__main__":
    main()
