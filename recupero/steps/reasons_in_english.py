"""The reasons of `recupero.steps.reasons` in English, and those that are told of whole files."""

from __future__ import annotations

from collections.abc import Mapping

Told = tuple[str, str]

#: By rule: the reason, and what to do about it.
ENGLISH: Mapping[str, Told] = {
    "unknown_account": ("the account is not placed", "Place the account before you report on it."),
    "not_opened_yet": (
        "the account or person is not known; it may come in a file of yours that we could not "
        "open yet",
        "Once you have the answer to that file, send the row again.",
    ),
    "unknown_person": (
        "no person known has this identification; the withdrawal is kept and stops no contact yet",
        "If it is a debtor you placed, send the withdrawal with the identification placed.",
    ),
    "currency_changed": (
        "the obligation is booked in another currency; the account stays as it was",
        "Correct the currency, or place it in the new one under another account number.",
    ),
    "outdated_row": (
        "the row is of a cut-off before the last one booked of the account: it would undo what "
        "that one said; the account stays as it was",
        "Send the account with its figures at the current cut-off.",
    ),
    "duplicate_content": ("the same content was received before", ""),
    "same_name_new_content": (
        "a file of this name and other content was received before; this one is held",
        "Say which of them counts, or send it under another name.",
    ),
    "statement_booked_before": (
        "the statement was booked before",
        "Nothing: its entries are booked.",
    ),
    "statement_missing_before": (
        "a statement before it may be missing",
        "If one is missing, send it; this one is booked.",
    ),
    "statement_problem": (
        "the bank's file is not written as agreed; its money is booked",
        "Tell the bank; nothing is to be sent again.",
    ),
    "not_booked": (
        "the bank only announces it: it is no money yet",
        "Nothing: it is booked once the bank books it.",
    ),
    "repair_unknown": ("", "Send the row back with the reference it has in the reject file."),
    "repair_altered": ("", "Put the right value into its correction column."),
    "repair_done": ("", "If it has to change once more, send it in a new file."),
    "repair_overtaken": ("", "Send the row in the next list."),
    "repair_contradicts": ("", "Correct the key, or send what stands in a new file."),
    "repair_repeated": ("", "Leave one row, with the correction that counts."),
    "not_identified": (
        "no layout agreed on has this name and header",
        "Check the name of the file and its columns.",
    ),
    "balance_up": (
        "the balance exceeds the one known plus the new charges",
        "Check the balance, the payments reported to you and the charges; correct what is wrong.",
    ),
    "due_date_back": (
        "it falls due before what was stated",
        "Check the date or the days past due; correct what is wrong.",
    ),
    "debtor_changed": (
        "the account was another debtor's",
        "Check the identification; correct it if it is wrong.",
    ),
    "id_reused": (
        "the number was another obligation's: another debtor, and another opening or product, or "
        "the account had been recalled",
        "Give each obligation a number of its own.",
    ),
    "person_not_known": (
        "no person known has this identification; nothing was changed",
        "Send the identification the person was placed with.",
    ),
    "person_otherwise": (
        "of this person the portfolio, or another row of the file, states another name or other "
        "contact data; those stay",
        "If those of this row are the current ones, send them as an update of the person.",
    ),
    "other_currency": (
        "the obligation is booked in another currency",
        "Send the amounts in the currency of the obligation.",
    ),
    "outdated_fact": (
        "the row is older than what is booked: it would undo what was reported later; what is "
        "booked stays",
        "If it has changed once more, send it with the date of that change.",
    ),
    "recalled_since": (
        "the account was recalled on the date of this cut-off or later; it stays recalled",
        "If you place it again, report it at a cut-off after the recall.",
    ),
    "unnamed_since": (
        "a portfolio of a later cut-off is booked that does not name the account, or whose row of "
        "it was rejected; it is not placed",
        "If you place it, report it with its figures at the current cut-off.",
    ),
    "recalled_before": (
        "the recall is older than the last cut-off that stated the account as placed; the account "
        "stays as it was",
        "If you recall it, send the recall with its current date.",
    ),
    "adjustment_id_reused": (
        "a movement with this identifier and other content is booked; the first one counts",
        "If it is another movement, send it under its own identifier; if it corrects the first, "
        "send the difference as a correction.",
    ),
    "written_off": (
        "the account is written off: it has no balance left to move",
        "If the write-off no longer holds, agree on it with the agency.",
    ),
    "component_below_zero": (
        "with the movements of the account in this file a component would fall below zero; none of "
        "them is booked",
        "Check the amounts; state in the portfolio what the account really owes.",
    ),
    # why whole files are refused or held: the detail is told in Spanish only
    "ambiguous": ("several layouts fit the file", "Agree on names that tell them apart."),
    "amounts_too_large": ("amounts are too large to be added up", "Correct the amounts."),
    "container_encrypted": ("the archive is protected with a password", "Send it without one."),
    "container_too_large": ("the archive is too large", "Send it in parts."),
    "control_file_alone": (
        "the file it speaks of did not come, or was decided about; it counts for the next one",
        "Send the file; its control file need not be sent again.",
    ),
    "control_file_missing": (
        "its control file did not come",
        "Send it: the file is then judged once more, without being sent again.",
    ),
    "control_missing": (
        "its control figures are missing or cannot be read",
        "Send the complete file with its control figures.",
    ),
    "control_total": (
        "its control figures disagree with its content",
        "Send the complete file with the control figures that belong to it.",
    ),
    "damaged": ("the file is damaged or cut off", "Send it again."),
    "empty": ("the file is empty", "Send it with its data."),
    "header_ambiguous": ("its header has a column twice", "Give each column its own name."),
    "header_missing": ("its header lacks columns agreed on", "Send the columns agreed on."),
    "nested_container": ("there is an archive in the archive", "Pack the files once."),
    "balance_jump": (
        "its total is farther from the balance expected than agreed on; nothing was booked",
        "Check the file; if it is right, agree on it with the agency.",
    ),
    "jumps": (
        "rows do not follow from what was known of their accounts; nothing was booked",
        "Check the rows named; if they are right, agree on them with the agency.",
    ),
    "old_cut_off": (
        "the portfolio is of a cut-off older than agreed on; nothing was booked",
        "Send the current portfolio.",
    ),
    "outdated_portfolio": (
        "the portfolio is of a cut-off before that of the one booked",
        "Send the current portfolio.",
    ),
    "pgp_damaged": ("the encrypted file is damaged", "Encrypt it again and send it."),
    "pgp_not_agreed": ("encrypted files were not agreed on", "Send it plain, or exchange keys."),
    "pgp_not_for_us": ("it is encrypted for another key", "Encrypt it for the agency's key."),
    "pgp_outdated": ("a key expired or was revoked", "Exchange a new key."),
    "pgp_signature": ("the signature is not yours", "Sign it with the key agreed on."),
    "pgp_signature_packed": (
        "the signature lies in a compressed message",
        "Sign and encrypt without compression.",
    ),
    "pgp_unsigned": ("it is not signed", "Sign it with the key agreed on."),
    "record_unknown": ("no line begins like a record agreed on", "Write it as agreed."),
    "repair_columns": (
        "its columns are not those of the reject file that was sent",
        "Send the rows back with all columns of the reject file, in their order.",
    ),
    "repair_expired": (
        "the file it repairs is no longer kept",
        "Send those rows in a new file.",
    ),
    "repair_renamed": (
        "it is a reject file of ours under another name",
        "Send it under its own name, beginning with RECHAZOS_.",
    ),
    "sheet_missing": ("the workbook lacks the sheet agreed on", "Send the sheet agreed on."),
    "statement_contradicts": ("it contradicts a statement booked", "Send what the bank issued."),
    "statement_overlaps": ("it overlaps a statement booked", "Send one after another."),
    "statement_renumbered": ("its number is that of another one", "Send what the bank issued."),
    "too_large": ("the file is too large to be read", "Send it in parts."),
    "undecodable": ("the file is not in the form agreed on", "Write it in the form agreed on."),
    "unreadable": ("the file cannot be read as agreed", "Send it as agreed."),
    "vanished_share": (
        "the full portfolio lacks more accounts than agreed on; none was recalled",
        "Send the complete portfolio under another name; if the recall is meant, agree on it with "
        "the agency and send this same file under another name.",
    ),
}
