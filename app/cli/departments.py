"""``shoko departments`` and ``shoko access``: departments, and to whom documents show themselves."""

from __future__ import annotations

import getpass
from enum import StrEnum
from typing import Annotated

import typer

from app.cli.home import open_home
from app.cli.options import Home, Json
from app.cli.output import out, print_json, table
from domain.errors import AccessRefused, CorrectionInvalid


class Action(StrEnum):
    """What to do with departments."""

    LIST = "list"
    SET = "set"
    END = "end"


def register(cli: typer.Typer) -> None:
    """Add the verbs."""

    @cli.command("departments", help="部門の登録・名称変更・廃止 / the company's departments")
    def departments_verb(
        action: Annotated[Action, typer.Argument(help="操作 / what to do")] = Action.LIST,
        code: Annotated[str | None, typer.Argument(help="部門コード（例: keiri） / code")] = None,
        name: Annotated[str, typer.Argument(help="部門名（set） / name")] = "",
        json: Json = False,
        home: Home = None,
    ) -> None:
        from pipeline.steps import access

        shoko, by = open_home(home), getpass.getuser()
        if action is Action.LIST:
            found = access.departments(shoko)
        elif code is None:
            raise AccessRefused("no code", message_ja="部門コードを指定してください")
        elif action is Action.SET:
            found = access.name_department(shoko, code, name, by=by)
        else:
            found = access.end_department(shoko, code, by=by)
        if json:
            print_json(*({"department": one, "name": words} for one, words in found.items()))
        elif not found:
            out.print("部門は登録されていません。shoko departments set keiri 経理部 のように登録します")
        else:
            out.print(table(None, [("コード", "left"), ("部門名", "left")], found.items()))

    @cli.command("access", help="書類の部門と閲覧制限 / department of documents, and who may see them")
    def access_verb(
        ids: Annotated[list[str], typer.Argument(metavar="ID...", help="書類ID / documents")],
        department: Annotated[
            str | None, typer.Option("--department", help="部門コード（none で部門なし） / department, or none")
        ] = None,
        readers: Annotated[
            list[str] | None, typer.Option("--only-department", help="この部門だけに見せる（繰り返し可） / only these")
        ] = None,
        people: Annotated[
            list[str] | None,
            typer.Option("--only-user", help="この利用者だけに見せる（繰り返し可） / only them"),
        ] = None,
        public: Annotated[bool, typer.Option("--public", help="閲覧制限を外す / not confidential any more")] = False,
        reason: Annotated[str, typer.Option("--reason", help="理由（変更に必要） / why")] = "",
        by: Annotated[str | None, typer.Option("--by", help="操作した人（既定: ログイン名） / who")] = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        from pipeline.steps import access

        shoko, who = open_home(home), by or getpass.getuser()
        if public and (readers or people):
            raise CorrectionInvalid(
                "both public and confidential", message_ja="--public と --only-… は同時に指定できません"
            )
        if department is not None:
            code = None if department == "none" else department
            access.say_department(shoko, ids, code, by=who, reason=reason)
        if readers or people:
            access.say_confidential(shoko, ids, departments=readers or (), people=people or (), by=who, reason=reason)
        elif public:
            access.lift_confidential(shoko, ids, by=who, reason=reason)
        names = access.departments(shoko)
        users = {user.user_id: user.login for user in shoko.people.users()}
        found = [(one, access.access_of_document(shoko, one)) for one in ids]
        if json:
            print_json(
                *(
                    {
                        "document_id": one,
                        "department": known.department,
                        "readers": None if known.readers is None else list(known.readers),
                    }
                    for one, known in found
                )
            )
            return
        rows = (
            (
                one,
                names.get(known.department, known.department) if known.department else "なし",
                "なし" if known.readers is None else "・".join(names.get(r) or users.get(r, r) for r in known.readers),
            )
            for one, known in found
        )
        out.print(table(None, [("書類ID", "left"), ("部門", "left"), ("閲覧制限", "left")], rows))
