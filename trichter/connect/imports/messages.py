"""What can be wrong with a file, a row or a cell, as sentences for people."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_FILE: Final[dict[str, Promise | str]] = {
    "empty": _("The file is empty."),
    "too_large": _("The file is larger than %(limit_mb)s MB. Split it and import the parts."),
    "too_many_rows": _("The file has more than %(limit)s rows. Split it and import the parts."),
    "too_many_columns": _("The file has more than %(limit)s columns."),
    "too_many_cells": _("The sheet is too large: more than %(limit)s cells."),
    "not_a_table": _("This is not a table. Save it as CSV or XLSX."),
    "html": _("This is a web page, not a table. Download the export itself and save it as CSV or XLSX."),
    "old_excel": _("This is the old Excel format (.xls). Save it in Excel as .xlsx or CSV."),
    "compared_periods": _(
        "This export sets two periods side by side. Choose one period in Search Console and export again."
    ),
    "broken_archive": _("The archive (.zip) is damaged. Download the export again."),
    "missing_span": _(
        "The file does not say which days its figures cover. State the first and the last day in the options."
    ),
    "encrypted": _("The workbook is protected by a password. Save it without one."),
    "not_xlsx": _("This is an archive, but not an Excel workbook (.xlsx)."),
    "broken_workbook": _("The Excel workbook is damaged. Open it in Excel and save it again."),
    "zip_bomb": _("The workbook unpacks to far more data than it should; it was refused."),
    "xml_bomb": _("The workbook contains forbidden XML definitions; it was refused."),
    "no_such_sheet": _("There is no worksheet of this name."),
    "unknown_encoding": _("“%(name)s” is not a known encoding. Try utf-8 or windows-1252."),
    "wrong_encoding": _("The file is not encoded in %(name)s but in %(found)s."),
    "bad_delimiter": _("The delimiter must be a single character such as ; or a comma."),
    "not_text": _("This is no access log: it contains binary data."),
    "not_a_log": _("No line of this file is an access log line of Apache or nginx."),
    "reader_lost": _(
        "Reading the log was interrupted, perhaps for lack of memory. Run the import again; it goes on where"
        " it stopped."
    ),
    "missing_fields": _("No column is mapped to %(fields)s; without it the rows cannot be imported."),
    "unknown_field": _("“%(field)s” is not a field of this kind of import."),
    "unknown_column": _("The file has no column “%(column)s”."),
    "no_file": _("The uploaded file is no longer there. Upload it again."),
    "running": _("This import is being worked on at present."),
    "not_undoable": _("Only an import that is finished can be undone."),
    "changed_file": _("The file has changed since the import began. Start a new import."),
    "crashed": _("The import stopped because of an error in the program: %(error)s"),
    "busy": _("The database was busy for too long. Run the import again; it goes on where it stopped."),
    "cancelled": _("The import was cancelled. Rows written until then have stayed; undo takes them back."),
}

_ROW: Final[dict[str, Promise | str]] = {
    "unclosed_quote": _("A quotation mark is opened and never closed."),
    "cell_too_long": _("The text is longer than %(limit)s characters."),
    "extra_cells": _("The row has more cells than there are headings (%(count)s more)."),
    "mixed_encoding": _("This line is encoded differently from the rest of the file; it was read correctly."),
    "undecodable": _("Characters that could not be read were replaced."),
    "nul_removed": _("Binary zeros were removed."),
    "missing": _("The cell must not be empty."),
    "nothing_to_identify": _("Nothing in this row says who or what it is: no %(fields)s."),
    "too_long": _("The text is longer than %(limit)s characters."),
    "shortened": _("The text was cut to %(limit)s characters."),
    "bad_email": _("This is not a valid e-mail address."),
    "several_emails": _("The cell holds several addresses; only the first one counts here."),
    "bad_phone": _("This is not a valid phone number; it was taken over as written."),
    "not_a_date": _("This is not a date."),
    "no_such_day": _("This day does not exist."),
    "no_such_time": _("This time does not exist."),
    "ambiguous_date": _("Day and month could be swapped. Choose the order of the date in the options."),
    "in_future": _("The date lies in the future."),
    "implausible_date": _("The year cannot be right."),
    "not_a_number": _("This is not a number."),
    "ambiguous": _("Thousands or decimals? Choose the decimal mark in the options."),
    "bad_grouping": _("The thousands separators are in the wrong places."),
    "unknown_currency": _("This is not a known currency."),
    "too_precise": _("The amount has more decimals than the currency."),
    "number_too_large": _("The number is too large."),
    "not_whole": _("A whole number is needed."),
    "negative": _("The number must not be negative."),
    "not_a_bool": _("Yes or no is needed."),
    "unknown_country": _("This country is not known; the cell was left out."),
    "unknown_language": _("This language is not known; the cell was left out."),
    "unknown_form": _("This is neither Du nor Sie; the cell was left out."),
    "unknown_role": _("This role in the buying centre is not known; the cell was left out."),
    "parent_loop": _("A company cannot belong to itself or to one of its own subsidiaries."),
    "unknown_owner": _("No colleague of this name or address can log in here; the owner was left out."),
    "unknown_stage": _("This stage is not known; the cell was left out."),
    "bad_domain": _("This is not a web address; the cell was left out."),
    "unknown_status": _("This status is not known; the row counts as %(taken)s."),
    "said_before": _("An earlier row says something else of the same record; the earlier row counts."),
    "other_person": _("The address belongs to somebody else already. The two are suggested as duplicates."),
    "consent_undated": _("Consent without a date cannot be proved and was not taken over."),
    "consent_unproven": _(
        "Consent without a proof (where it comes from) does not count and was not taken over."
    ),
    "consent_unknown_purpose": _("There is no purpose of this name; the consent was not taken over."),
    "opt_out_unclear": _("It is not clear whether this means an opt-out; the cell was left out."),
    "phone_ambiguous": _("Several contacts have this phone number."),
    "company_ambiguous": _("Several companies are called so or have this web domain."),
    "deal_ambiguous": _("Several deals of this company are called so."),
    "id_taken": _("The ID belongs to another record already; it was left out."),
    "no_span": _(
        "Nothing says which days this figure covers. State the first and the last day in the options."
    ),
    "bad_span": _("The last day lies before the first."),
    "total_row": _("This is the total of the report; it was left out."),
    "consent_unnamed": _("Consents and opt-outs are only taken over together with an e-mail address."),
    "no_person": _("No contact is named; this record does not show in funnels of people."),
    "contact_ambiguous": _("Several contacts have this name; none was linked."),
    "end_before_start": _("The end lies before the beginning; both dates were taken over as written."),
    "order_in_conflict": _("The order belongs to another contact already; the contact was left as it is."),
    "refund_too_high": _("More was refunded than the order was worth."),
    "not_stored": _("The database refused the row: %(error)s"),
    "no_address": _("The line does not begin with an address."),
    "no_time": _("The time in square brackets is missing."),
    "bad_time": _("The time cannot be read."),
    "no_request": _("The request in quotation marks is missing."),
    "no_status": _("Status and size are missing."),
    "broken_gzip": _("The compressed file ends too early or is damaged; what came before was read."),
    "log_too_large": _("The file unpacks to more data than allowed; reading stopped here."),
    "line_too_long": _("The line is too long."),
}

SKIPPED: Final[dict[str, Promise | str]] = {
    "method": _("not a page view (POST, HEAD …)"),
    "bad_request": _("no valid HTTP request"),
    "status": _("errors and redirects"),
    "partial": _("further pieces of a download"),
    "asset": _("images, styles and scripts"),
    "service": _("health checks and probes"),
    "bot": _("robots"),
}

_OF_TABLE = {"too_large": "log_too_large", "too_long": "line_too_long"}


def log_code(code: str) -> str:
    """The code of a rejected log line among ours."""
    return _OF_TABLE.get(code, code)


def message_of(code: str, params: Mapping[str, Any]) -> str:
    """The sentence for a code; the code itself when a later release has dropped it."""
    found = _ROW.get(code) or _FILE.get(code)
    if found is None:
        return code
    values = dict(params)
    if isinstance(values.get("limit"), int) and code == "too_large":
        values["limit_mb"] = values["limit"] // (1024 * 1024)
    try:
        text = str(found) % values if values else str(found)
    except (KeyError, TypeError, ValueError):
        text = str(found)
    if "at_row" not in values:
        return text
    place = {"row": values["at_row"], "column": values.get("at_column")}
    where = _("Row %(row)s, column %(column)s:") if place["column"] else _("Row %(row)s:")
    return f"{str(where) % place} {text}"
