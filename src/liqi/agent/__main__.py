"""``python -m liqi.agent``; and ``python agent`` where only this folder was copied."""

import sys

if not __package__:
    from importlib import import_module
    from pathlib import Path

    here = Path(__file__).resolve().parent
    sys.path.insert(0, str(here.parent))
    main = import_module(here.name).main
else:
    from . import main

sys.exit(main())
