"""A person says how documents belong together; the link can be ended, and both acts stay."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from domain.acts import ActKind
from domain.errors import CorrectionInvalid, ObjectMissing
from domain.relations import Link, Relation, links_of
from domain.visibility import EVERYTHING

if TYPE_CHECKING:
    from domain.record import ArchiveRecord, ReviewReason
    from pipeline.wiring import Shoko

logger = logging.getLogger(__name__)


def known_document(shoko: Shoko, document_id: str) -> ArchiveRecord:
    """The newest revision of a document.

    Raises:
        ObjectMissing: no such document.
    """
    record = shoko.archive.get_document(document_id)
    if record is None:
        raise ObjectMissing(
            f"no document {document_id}", message_ja=f"書類 {document_id} は見つかりません。IDを確かめてください"
        )
    return record


def every_revision(shoko: Shoko, document_id: str) -> tuple[ArchiveRecord, ...]:
    """The revisions of a document that who asks may see, as they stand: what the next one is built on.

    A doubt that names a document they may not see is not shown to them, and is not lost by what they put right.
    """
    seen = shoko.archive.seen_documents((document_id,))
    return shoko.seen_by(EVERYTHING).archive.history(document_id) if seen else ()


def untold_doubts(shoko: Shoko, record: ArchiveRecord) -> tuple[ReviewReason, ...]:
    """Doubts of a revision that who asks is not told of, as they name what one may not see: not theirs to settle."""
    (told,) = shoko.archive.told((record,))
    return tuple(one for one in record.review_reasons if one not in told.review_reasons)


def relate(
    shoko: Shoko, document_id: str, relation: Relation, to_id: str, *, by: str, reason: str = "", ends: bool = False
) -> tuple[Link, ...]:
    """Say (or, with ``ends``, take back) that a document corrects, amends or supplements another.

    Gives the relations of the document that stand; the same again changes nothing.

    Raises:
        ObjectMissing: no such document.
        CorrectionInvalid: a document and itself, or a link to end that does not stand.
    """
    record = known_document(shoko, document_id)
    known_document(shoko, to_id)
    if document_id == to_id:
        raise CorrectionInvalid("a document has no relation to itself", message_ja="同じ書類どうしは関連付けられません")
    link = Link(document_id=document_id, relation=relation, to_id=to_id)
    standing = relations(shoko, document_id)
    if ends and link not in standing:
        raise CorrectionInvalid(f"no such relation of {document_id}", message_ja="その関連付けはありません")
    if ends or link not in standing:
        shoko.archive.record_act(
            ActKind.RELATED,
            document_id,
            recorded_by=by,
            about=(to_id,),
            facts={"relation": relation.value, "stands": not ends},
            personal={"reason": reason},
            retain_until=record.retain_until,
        )
        logger.info("related: %s %s", document_id, relation.value)
    return relations(shoko, document_id)


def relations(shoko: Shoko, document_id: str) -> tuple[Link, ...]:
    """The relations of a document that stand, in both directions."""
    return links_of(shoko.archive.acts(document_id))
