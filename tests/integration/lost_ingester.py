"""An ingester in a process of its own, killed once all is stored and nothing grouped. Usage: … STORE_URL FOLDER"""

import os
import signal
import sys
from pathlib import Path

from worker.database.engine import open_store
from worker.pipeline.tools import make_tools
from worker.seeds.ingest import ingest
from worker.settings import Settings

tools = make_tools(Settings(), open_store(sys.argv[1]))
for read in ingest(tools, [Path(sys.argv[2])], 1_000_000):
    assert read.error is None
os.kill(os.getpid(), signal.SIGKILL)
