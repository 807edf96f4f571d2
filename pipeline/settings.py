"""All settings in one place: ``shoko.toml``, overridden by ``SHOKO_…`` variables (DESIGN §6.4).

Each folder owns its piece; a function receives its piece and never reads the environment.
"""

from __future__ import annotations

import os
import tomllib
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from compliance.settings import CompanySettings
from domain.errors import ConfigError
from domain.ids import DEFAULT_CLIENT_ID
from extractors.settings import ExtractorSettings
from pipeline.approval_settings import ApprovalSettings
from pipeline.journal.settings import JournalSettings
from pipeline.mail_settings import MailSettings
from pipeline.papers_settings import PapersSettings
from storage.archive import ArchiveSettings
from storage.evidence.settings import EvidenceSettings
from storage.issuers.settings import IssuerSettings
from storage.settings import StoreSettings

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

SETTINGS_FILE = "shoko.toml"
SETTINGS_FILE_VARIABLE = "SHOKO_SETTINGS"
_OF_OTHERS = ("SHOKO_WEB_", "SHOKO_TEST_", "SHOKO_LOG_LEVEL", "SHOKO_SAMPLE_DATA", SETTINGS_FILE_VARIABLE)
"""Variables that are read elsewhere: by the page, by tests, by logging."""
_PREFIX = "SHOKO_"
_NEARLY = 0.8
"""Likeness from which a name is a misspelt one of ours: a letter more, less or swapped in the shortest name."""


class IntakeSettings(BaseModel):
    """How files are taken from the inbox."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_bytes: int = Field(
        default=2 * 1024**3,
        ge=1,
        description="Hard limit of one file (bytes); larger ones are moved to refused/ with a record.",
    )
    still_seconds: float = Field(
        default=1.0,
        ge=0,
        description="A file in a folder inbox is complete when size and time have been still so long (seconds).",
    )
    still_seconds_unsure: float = Field(
        default=15.0,
        ge=0,
        description="The same where nobody can tell whether its writer is done: on network shares (NFS, CIFS), or a "
        "file of another owner. Longer than a scanner rests between two pages (seconds).",
    )
    poll_seconds: float = Field(default=0.5, gt=0, description="How often the watch looks into the inbox (seconds).")
    batch_size: int = Field(default=500, ge=1, description="Most drops that one flow run takes (files).")


class ReadingSettings(BaseModel):
    """Who reads, and how many at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: str = Field(default="duo.v1", description="OCR engine by its registered name.")
    second_engine: str | None = Field(
        default=None, description="Engine that gives a second opinion on doubtful pages; empty for none."
    )
    classifier: str = Field(default="model.v1", description="Classifier by its registered name.")
    model_folder: Path | None = Field(
        default=None, description="Folder of models made by `shoko train`; empty for `models` in the data folder."
    )
    allow_external_engines: bool = Field(default=False, description="Let engines of other distributions be chosen.")
    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1, ge=1, description="Reading processes (one core each)."
    )
    seconds_per_drop: float = Field(
        default=600.0, gt=0, description="A drop that takes longer is stopped and goes to review (seconds)."
    )
    memory_bytes: int = Field(
        default=6 * 1024**3, ge=1024**3, description="Address space of one reading process (bytes)."
    )


class ShokoSettings(BaseSettings):
    """The whole installation."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_nested_delimiter="__", frozen=True, extra="forbid", toml_file=None
    )
    toml_path: ClassVar[Path | None] = None

    client_id: str = Field(default=DEFAULT_CLIENT_ID, description="Id of the client company (lower-case, a-z 0-9 -).")
    data_folder: Path = Field(
        default=Path("var"), description="Where the embedded parts live: folder store, SQLite, keys, Prefect."
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="SQLAlchemy URL of the archive (postgresql+psycopg://…); empty for SQLite in the data folder.",
    )
    company: CompanySettings = Field(default_factory=CompanySettings, description="Facts about the company.")
    store: StoreSettings = Field(default_factory=StoreSettings, description="Object storage.")
    archive: ArchiveSettings = Field(default_factory=ArchiveSettings, description="Archive.")
    evidence: EvidenceSettings = Field(default_factory=EvidenceSettings, description="Timestamps and log.")
    issuers: IssuerSettings = Field(default_factory=IssuerSettings, description="Register of qualified issuers.")
    extractors: ExtractorSettings = Field(default_factory=ExtractorSettings, description="Limits and rendering.")
    intake: IntakeSettings = Field(default_factory=IntakeSettings, description="Inbox.")
    reading: ReadingSettings = Field(default_factory=ReadingSettings, description="Engines and workers.")
    journal: JournalSettings = Field(default_factory=JournalSettings, description="Entries for the books.")
    mail: MailSettings = Field(default_factory=MailSettings, description="Reminders by mail; off while no host is set.")
    approvals: ApprovalSettings = Field(default_factory=ApprovalSettings, description="Approvals.")
    papers: PapersSettings = Field(default_factory=PapersSettings, description="People and places for the papers.")

    @property
    def model_folder(self) -> Path:
        """Where `shoko train` puts models and reading looks for them."""
        return self.reading.model_folder or self.data_folder / "models"

    @property
    def archive_url(self) -> str:
        """SQLAlchemy URL in force (a secret where it carries a password)."""
        if self.database_url is not None and self.database_url.get_secret_value():
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.data_folder / 'archive.sqlite').absolute()}"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over the file."""
        del dotenv_settings, file_secret_settings
        sources: list[PydanticBaseSettingsSource] = [init_settings, env_settings]
        path = _settings_file()
        if path.is_file():
            sources.append(TomlConfigSettingsSource(settings_cls, toml_file=path))
        return tuple(sources)


class Origin(StrEnum):
    """Where the value of a setting comes from."""

    ENVIRONMENT = "environment"
    FILE = "file"
    DEFAULT = "default"
    SAID = "said"
    """Said by an administrator on the page: it counts before all of these."""


def company_origins(settings: ShokoSettings) -> dict[str, Origin]:
    """Where each fact about the company comes from; a variable wins over the file."""
    variables = {name.upper() for name in os.environ}
    found: dict[str, Origin] = {}
    for name in CompanySettings.model_fields:
        begins = f"SHOKO_COMPANY__{name.upper()}"
        if any(one == begins or one.startswith(f"{begins}__") for one in variables):
            found[name] = Origin.ENVIRONMENT
        elif name in settings.company.model_fields_set:
            found[name] = Origin.FILE
        else:
            found[name] = Origin.DEFAULT
    return found


def _no_password_in_file() -> None:
    """Raises: ConfigError: the file says the password of the mail server, which belongs into the environment."""
    try:
        said = tomllib.loads(_settings_file().read_text(encoding="utf-8")).get("mail", {})
    except (OSError, ValueError):
        return  # there is none, or reading it says what is wrong with it
    if isinstance(said, dict) and "password" in said:
        raise ConfigError(
            "settings file: mail.password belongs into SHOKO_MAIL__PASSWORD",
            message_ja="メールのパスワードは設定ファイルに書かず、環境変数 SHOKO_MAIL__PASSWORD で渡してください",
        )


def _named_file_is_there() -> None:
    """Raises: ConfigError: the variable names a file that is not there; the defaults are not what was meant."""
    path = _settings_file()
    if SETTINGS_FILE_VARIABLE in os.environ and not path.is_file():
        raise ConfigError(
            f"{SETTINGS_FILE_VARIABLE}: no file {path}",
            message_ja=f"{SETTINGS_FILE_VARIABLE} の設定ファイル {path} がありません",
        )


def _no_misspelt_variable() -> None:
    """Raises: ConfigError: a variable is nearly one of ours, or reaches into a group that there is not.

    Others of the same beginning are let be: a container platform sets SHOKO_PORT for a service called shoko.
    """
    for variable in sorted(name.upper() for name in os.environ):
        first, group, inside = variable.partition("__")
        name = first.removeprefix(_PREFIX).lower()
        if name == first.lower() or name in ShokoSettings.model_fields or first.startswith(_OF_OTHERS):
            continue
        near = get_close_matches(name, ShokoSettings.model_fields, n=1, cutoff=_NEARLY)
        meant = f"{_PREFIX}{near[0].upper()}{group}{inside}" if near else _with_two_lines(name)
        if group or meant:
            raise ConfigError(
                f"{variable} is no setting",
                message_ja=f"環境変数 {variable} という設定はありません"
                + (f"（{meant} の誤りではありませんか）" if meant else ""),
            )


def _with_two_lines(name: str) -> str:
    """The variable that was meant where a setting was joined to its group with one line instead of two."""
    for group in ShokoSettings.model_fields:
        inner = name.removeprefix(f"{group}_")
        if inner != name and inner in _names_at((group,)):
            return f"{_PREFIX}{group}__{inner}".upper()
    return ""


def _settings_file() -> Path:
    return Path(os.environ.get(SETTINGS_FILE_VARIABLE, SETTINGS_FILE))


def _names_at(place: tuple[int | str, ...]) -> tuple[str, ...]:
    """The names that a setting may have where an unknown one stands."""
    model: Any = ShokoSettings
    for part in place:
        field = getattr(model, "model_fields", {}).get(part)
        model = None if field is None else field.annotation
    return tuple(getattr(model, "model_fields", {}))


def _problem_ja(problem: ErrorDetails) -> str:
    """One thing that is wrong with the settings, in Japanese where it is a thing that people do wrong often."""
    where = ".".join(map(str, problem["loc"]))
    if problem["type"] == "extra_forbidden":
        near = get_close_matches(str(problem["loc"][-1]), _names_at(problem["loc"][:-1]), n=1)
        return f"{where}: この名前の設定はありません" + (f"（{near[0]} の誤りではありませんか）" if near else "")
    if problem["type"] == "missing":
        return f"{where}: 値が必要です"
    if problem["type"] == "tuple_type":
        return f'{where}: ["…", "…"] の形で並べて書いてください'
    return f"{where}: {problem['msg']}"


def load_settings(**overrides: Any) -> ShokoSettings:
    """Read file and environment.

    Raises:
        ConfigError: a value is missing, unknown or out of range, or the file that a variable names is not there; the
            message names it. What is misspelt is never passed over: the defaults would be in force instead.
    """
    _named_file_is_there()
    _no_password_in_file()
    _no_misspelt_variable()
    try:
        return ShokoSettings(**overrides)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        told = "、".join(_problem_ja(one) for one in error.errors())
        raise ConfigError(f"settings: {problems}", message_ja=f"設定に誤りがあります（{told}）") from error
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"settings file: {error}",
            message_ja=f"設定ファイル {_settings_file()} を読めません（{error}）",
        ) from error
