"""What a call asks a database."""

import sqlalchemy as sa


def statements(database, call):
    """The statements that a call makes, in order."""
    said = []

    def note(_connection, _cursor, statement, *_rest):
        said.append(statement)

    sa.event.listen(database, "before_cursor_execute", note)
    try:
        call()
    finally:
        sa.event.remove(database, "before_cursor_execute", note)
    return said


def questions(database, call):
    """The same with their parameters: two that are the same were asked twice."""
    said = []

    def note(_connection, _cursor, statement, parameters, *_rest):
        said.append((statement, repr(parameters)))

    sa.event.listen(database, "before_cursor_execute", note)
    try:
        call()
    finally:
        sa.event.remove(database, "before_cursor_execute", note)
    return said
