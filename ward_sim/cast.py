"""Names of the demo's invented people, in the order and letters of their languages."""

import random

_EN_GIVEN = "Amy Ben Carol David Edith Frank Grace Harold Irene James Kate Leonard Mary Noel Olive Peter Rose Simon"
_EN_FAMILY = "Archer Baker Clarke Dawson Ellis Foster Grant Hughes Irving Jones Kemp Lowe Marsh Nolan Osborne Price"
_KO_GIVEN = "서연 지훈 민준 하은 도윤 수빈 예준 지우 현우 은지 영수 순자 정희 미경 상철 말순"
_KO_FAMILY = "김 이 박 최 정 강 조 윤 장 임"
_ZH_GIVEN = "伟 芳 娜 秀英 敏 静 丽 强 磊 洋 艳 勇 军 杰 娟 桂英"
_ZH_FAMILY = "王 李 张 刘 陈 杨 黄 赵 吴 周"
_VI_GIVEN = "An Bình Chi Dũng Hà Hùng Lan Linh Mai Minh Ngọc Phúc Quân Thảo Trang Tuấn"
_VI_FAMILY = "Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ"
_VI_MIDDLE = "Văn Thị Hữu Thanh Minh Đức"
LANGUAGES = ("en", "ko", "zh", "vi")


def person_name(die: random.Random, lang: str) -> str:
    """Return a name in a language's own order."""
    if lang == "ko":
        return die.choice(_KO_FAMILY.split()) + die.choice(_KO_GIVEN.split())
    if lang == "zh":
        return die.choice(_ZH_FAMILY.split()) + die.choice(_ZH_GIVEN.split())
    if lang == "vi":
        parts = (_VI_FAMILY, _VI_MIDDLE, _VI_GIVEN)
        return " ".join(die.choice(names.split()) for names in parts)
    return f"{die.choice(_EN_GIVEN.split())} {die.choice(_EN_FAMILY.split())}"


def different_names(die: random.Random, langs: list[str], known: set[str] | frozenset[str] = frozenset()) -> list[str]:
    """Return one name for each language given, no two the same and none of them known already."""
    taken: list[str] = []
    for lang in langs:
        name = person_name(die, lang)
        while name in taken or name in known:
            name = person_name(die, lang)
        taken.append(name)
    return taken
