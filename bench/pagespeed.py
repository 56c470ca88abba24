"""How long the server computes for the demo's landing page. Run: python -m bench.pagespeed

Builds a demo company in a directory of its own, asks for /lp/whitepaper/ through the whole stack of Django (all
middleware, no network) and prints the median of the processor time. Goal: below 20 ms.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

PAGES = ("/lp/whitepaper/", "/", "/preise/", "/blog/wartungsplan-vorlage/")
ROUNDS = 200


def main() -> None:
    """Build, warm up, measure."""
    with tempfile.TemporaryDirectory(prefix="trichter-pagespeed-") as folder:
        os.environ |= {"TRICHTER_DATA": folder, "TRICHTER_CONFIG": "/nonexistent/trichter.toml"}
        command = [sys.executable, "-m", "trichter", "demo", "--visitors", "200"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        measure()


def measure() -> None:
    """Print the figures for the installation the environment names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trichter.config.settings")
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="localhost")
    for page in PAGES:
        for _ in range(10):
            assert client.get(page).status_code == 200, page
        with CaptureQueriesContext(connection) as captured:
            client.get(page)
        queries = len(captured)
        taken = []
        for _ in range(ROUNDS):
            begin = time.process_time()
            client.get(page)
            taken.append((time.process_time() - begin) * 1000)
        taken.sort()
        print(
            f"{page:<32} p50 {statistics.median(taken):6.1f} ms   p95 {taken[int(0.95 * ROUNDS)]:6.1f} ms   "
            f"{queries} queries"
        )


if __name__ == "__main__":
    main() if len(sys.argv) < 2 or sys.argv[1] != "--here" else measure()
