"""What the application stands on: the database and the disk."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

# Below this share the disk is called almost full.
_LITTLE = 0.1


@dataclass(frozen=True, kw_only=True)
class Machine:
    """Sizes in bytes. wal: the database's write-ahead log; None when this user may not ask."""

    database: str
    size: int
    wal: int | None
    disk_free: int
    disk_total: int

    @property
    def disk_used(self) -> int:
        """Bytes in use on the disk that holds the data directory."""
        return self.disk_total - self.disk_free

    @property
    def almost_full(self) -> bool:
        """Whether less than a tenth of the disk is free."""
        return self.disk_free < self.disk_total * _LITTLE


def machine() -> Machine:
    """The present figures."""
    disk = shutil.disk_usage(settings.DATA_DIR)
    database, size, wal = _postgresql() if connection.vendor == "postgresql" else _sqlite()
    return Machine(database=database, size=size, wal=wal, disk_free=disk.free, disk_total=disk.total)


def _postgresql() -> tuple[str, int, int | None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), pg_database_size(current_database()),"
            " pg_has_role('pg_monitor', 'member')"
        )
        version, size, may_ask = cursor.fetchone()
        wal = None
        if may_ask:
            cursor.execute("SELECT COALESCE(sum(size), 0) FROM pg_ls_waldir()")
            wal = int(cursor.fetchone()[0])
    return f"PostgreSQL {version.split()[0]}", int(size), wal


def _sqlite() -> tuple[str, int, int | None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()")
        version = cursor.fetchone()[0]
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        size = int(cursor.fetchone()[0])
    log = Path(f"{connection.settings_dict['NAME']}-wal")
    return f"SQLite {version}", size, os.path.getsize(log) if log.is_file() else 0
