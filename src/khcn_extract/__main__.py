"""``python -m khcn_extract`` is ``khcn``."""

from khcn_extract.cli import main

if __name__ == "__main__":
    main()
