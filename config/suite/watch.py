"""The watcher of one cluster: `python -m suite.watch HOME SAFE`."""

import sys
from pathlib import Path

from suite.postgres import Cluster

if __name__ == "__main__":
    Cluster(Path(sys.argv[1]), safe=sys.argv[2] == "1").stop_when_unused()
