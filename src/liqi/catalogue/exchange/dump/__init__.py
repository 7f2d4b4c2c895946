"""The whole record in a table: every field under the column by which `liqi import` knows it, one table a kind."""

from liqi.catalogue.exchange.dump import csv_files, parquet_files, xlsx_files
from liqi.catalogue.exchange.dump._columns import CARRIES, NAMES, Column, columns, lost, values
from liqi.catalogue.exchange.dump.csv_files import lines

__all__ = [
    "CARRIES",
    "NAMES",
    "Column",
    "columns",
    "csv_files",
    "lines",
    "lost",
    "parquet_files",
    "values",
    "xlsx_files",
]
