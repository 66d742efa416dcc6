"""Officials: each rule proves itself by its own examples; the tables below show what articles do with several rules.

Read `test_a_rule_finds_its_examples` first, then the tables from top to bottom: they are the guideline's section
``official`` in examples of our own making. All persons are invented.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from khcn_extract import extract, officials
from khcn_extract.facts import Fact, OfficialValue
from khcn_extract.officials_lexicon import lexicon, rules

if TYPE_CHECKING:
    from khcn_extract.rules import Example, Rule

RULES = rules()

Persons = list[tuple[str, list[tuple[str, str]]]]
"""Names, each with its titles and bodies."""


def _value(fact: Fact) -> dict[str, Any]:
    value = fact.value
    assert isinstance(value, OfficialValue)
    positions = [
        {"title": p.title, "organization": p.organization, **({"former": True} if p.former else {})}
        for p in value.positions
    ]
    return {"name": value.name, "positions": positions}


def _persons(text: str) -> Persons:
    values = [_value(fact) for fact in officials.find(text)]
    return [(v["name"], [(p["title"], p["organization"]) for p in v["positions"]]) for v in values]


@pytest.mark.parametrize(
    ("rule", "example"), [pytest.param(r, e, id=f"{r.name}: {e.span}") for r in RULES for e in r.examples]
)
def test_a_rule_finds_its_examples(rule: Rule, example: Example) -> None:
    """Each example gives a fact by this very rule, with this span and value."""
    facts = [f for f in officials.find(example.text) if f.rule == rule.name and f.text == example.span]
    assert [_value(f) for f in facts] == [example.value]


@pytest.mark.parametrize(
    ("rule", "text"), [pytest.param(r, t, id=f"{r.name}: {t[:40]}") for r in RULES for t in r.counterexamples]
)
def test_a_rule_leaves_its_counterexamples(rule: Rule, text: str) -> None:
    """No counterexample gives a fact by this rule."""
    assert [f.text for f in officials.find(text) if f.rule == rule.name] == []


def test_every_rule_has_proof() -> None:
    """Three examples and a counterexample, so that no rule lives on one article."""
    assert [r.name for r in RULES if len(r.examples) < 3 or not r.counterexamples] == []


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("Sở KH&CN tặng giấy khen cho các cá nhân", "Sở KH&CN"),
        ("Sở Văn hóa, Thể thao và Du lịch tỉnh cho hay", "Sở Văn hóa, Thể thao và Du lịch tỉnh"),
        ("Sở Y tế và lãnh đạo các phòng", "Sở Y tế"),
        ("Sở Y tế và UBND huyện", "Sở Y tế"),
        ("Ban Dân vận Đảng ủy khối các cơ quan tỉnh cùng dự", "Ban Dân vận Đảng ủy khối các cơ quan tỉnh"),
        ("Cục Kiểm tra giám sát và sử dụng tài sản công nhấn mạnh", "Cục Kiểm tra giám sát và sử dụng tài sản công"),
        ("Cục Viễn thám quốc gia", "Cục Viễn thám quốc gia"),
        ("Công an Sơn La triệt phá", "Công an Sơn La"),
        ("UBND TP.HCM Lò Văn Hặc", "UBND TP.HCM"),
        ("UBND xã Nguyễn Huệ tổ chức", "UBND xã Nguyễn Huệ"),
        ("UBND xã Trần Văn Bảy nói", "UBND xã"),
        ("UBND xã Lê Lợi Nông Văn Tư nói", "UBND xã Lê Lợi"),
        ("UBND xã Hoàng Văn Thụ Lương Thị Nga nói", "UBND xã Hoàng Văn Thụ"),
        ("UBND xã Long Thị Xuyến nói", "UBND xã"),
        ("UBND xã Long Phước Đông họp", "UBND xã Long Phước Đông"),
        ("UBND phường Tân Lập Y Tlam Êban nói", "UBND phường Tân Lập"),
        ("UBND tỉnh Mai Công Báo nói", "UBND tỉnh"),
        ("UBND thành phố Đinh Lê Hoàng Mơ nói", "UBND thành phố"),
        ("UBND huyện Sông Mã Cầm Văn Hặc nói", "UBND huyện Sông Mã"),
        ("Đảng ủy xã K'Brểu nói", "Đảng ủy xã"),
        ("UBND huyện Ea H'leo họp", "UBND huyện Ea H'leo"),
        ("Bệnh viện Trịnh Văn Khôi nói", "Bệnh viện"),
        ("Bệnh viện Nguyễn Tri Phương nói", "Bệnh viện Nguyễn Tri Phương"),
        ("Bệnh viện Nguyễn Tri Phương Võ Văn Ngà nói", "Bệnh viện Nguyễn Tri Phương"),
        ("Trường THPT Lò Văn Giá Bùi Thị Na nói", "Trường THPT Lò Văn Giá"),
        ("Ban Quản lý dự án đầu tư xây dựng khu vực Phí Văn Rạng", "Ban Quản lý dự án đầu tư xây dựng khu vực"),
        ("Đoàn ĐBQH và HĐND tỉnh Não Thị Thiên", "Đoàn ĐBQH và HĐND tỉnh"),
        ("Đoàn kiểm tra 12 cơ sở", "Đoàn kiểm tra"),
        ("Huyện ủy Vũ Quang Lò Văn Tư", "Huyện ủy Vũ Quang"),
        ("Sở Xây dựng Vũ Quang Thạo khẳng định", "Sở Xây dựng"),
        ("Trường THPT Lê Hồng Phong Lò Thị Mơ", "Trường THPT Lê Hồng Phong"),
        ("Hội Nông dân xã Ea Tul, huyện Cư M'gar, người", "Hội Nông dân xã Ea Tul, huyện Cư M'gar"),
        ("Đội Quản lý thị trường số 3 kiểm tra", "Đội Quản lý thị trường số 3"),
        ("Trung tâm Khuyến nông thuộc Sở Nông nghiệp đã", "Trung tâm Khuyến nông thuộc Sở Nông nghiệp"),
        ("HĐND tỉnh về chính sách hỗ trợ", "HĐND tỉnh"),
        ("Ban Chỉ đạo về Chuyển đổi số tỉnh họp", "Ban Chỉ đạo về Chuyển đổi số tỉnh"),
        ("Ban Tổ chức Lễ hội trao giải", "Ban Tổ chức Lễ hội"),
        ("Ủy ban Xã hội của Quốc hội thẩm tra", "Ủy ban Xã hội của Quốc hội"),
        ("UBND tỉnh Đoàn Văn Bưởi nói", "UBND tỉnh"),
        ("UBND TP. Ông Bưởi nói", "UBND TP"),
        ("UBND TP. Vinh họp", "UBND TP. Vinh"),
        ("Sở TT&TT. Hội nghị", "Sở TT&TT"),
        ("Công an tỉnh Sơn La Đại tá Vi Văn Tứ", "Công an tỉnh Sơn La"),
        ("Ban Thường vụ tỉnh ủy-Giám đốc Sở", "Ban Thường vụ tỉnh ủy"),
        ("Bộ trưởng Bộ Y tế", None),
        ("bàn ghế", None),
    ],
)
def test_where_the_name_of_a_body_ends(text: str, body: str | None) -> None:
    """Captions have no full stop, so the grammar of such names decides."""
    found = lexicon().organizations.match(text, 0)
    assert (found and text[: found.end]) == body


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # several offices
        (
            "Đồng chí Bùi Văn Lẫm, Ủy viên Trung ương Đảng, Bí thư Tỉnh ủy, Trưởng đoàn ĐBQH tỉnh chủ trì.",
            [
                (
                    "Bùi Văn Lẫm",
                    [
                        ("Ủy viên", "Trung ương Đảng"),
                        ("Bí thư", "Tỉnh ủy"),
                        ("Trưởng Đoàn", "Đoàn đại biểu Quốc hội tỉnh"),
                    ],
                )
            ],
        ),
        # an attendance list, and a membership that is no position
        (
            "Các đồng chí: Lò Văn Ún - Phó Bí thư Thường trực Huyện ủy; Tạ Thị Mơ - TUV, Giám đốc Sở Y tế; báo chí",
            [
                ("Lò Văn Ún", [("Phó Bí thư Thường trực", "Huyện ủy")]),
                ("Tạ Thị Mơ", [("Tỉnh ủy viên", ""), ("Giám đốc", "Sở Y tế")]),
            ],
        ),
        ("các đồng chí Thường trực Tỉnh ủy: Lò Văn Ún; Tạ Thị Mơ", []),
        # the unit word of the title begins the body
        (
            "Phó Chánh Thanh tra Sở Tô Thị Lý; Trưởng phòng Quản lý công nghệ Vi Văn Tứ",
            [
                ("Tô Thị Lý", [("Phó Chánh Thanh tra", "Thanh tra Sở")]),
                ("Vi Văn Tứ", [("Trưởng Phòng", "Phòng Quản lý công nghệ")]),
            ],
        ),
        # the office belongs to who follows, not to who stands before the comma
        (
            "Thừa lệnh Chủ tịch UBND tỉnh, ông Đỗ Văn Thung, Chánh Văn phòng nói",
            [("Đỗ Văn Thung", [("Chánh Văn phòng", "")])],
        ),
        (
            "Chủ tịch UBND tỉnh Bạch Văn Xoan, Giám đốc Sở Y tế Cao Thị Mận",
            [("Bạch Văn Xoan", [("Chủ tịch", "Ủy ban nhân dân tỉnh")]), ("Cao Thị Mận", [("Giám đốc", "Sở Y tế")])],
        ),
        # the higher body behind the body
        (
            "bà Hồ Thị Ngát - Phó Cục trưởng Cục Thú y (Bộ Nông nghiệp)",
            [("Hồ Thị Ngát", [("Phó Cục trưởng", "Cục Thú y")])],
        ),
        # ranks and degrees are no positions
        (
            "Thiếu tướng, PGS.TS Kha Văn Hải, Giám đốc Công an tỉnh",
            [("Kha Văn Hải", [("Giám đốc", "Công an tỉnh")])],
        ),
        ("Đại tá Kha Văn Hải kể chuyện", []),
        # minorities and guests
        (
            "ông Y Krông Byă, Phó Chủ tịch HĐND huyện; bà H'Yim Êban, Bí thư Đoàn xã. Ông Y Krông nói.",
            [
                ("Y Krông Byă", [("Phó Chủ tịch", "Hội đồng nhân dân huyện")]),
                ("H'Yim Êban", [("Bí thư", "Đoàn xã")]),
                ("Y Krông Byă", []),
            ],
        ),
        ("Thủ tướng Nhật Bản Sato Kenta tới thăm", [("Sato Kenta", [("Thủ tướng", "Nhật Bản")])]),
        # the person right behind the place, whose second syllable is a surname too
        (
            "Chủ tịch UBND huyện Tri Tôn Chau Sóc Kim và Bí thư Đảng ủy xã Ea Tiêu H'Bhôt Niê",
            [
                ("Chau Sóc Kim", [("Chủ tịch", "Ủy ban nhân dân huyện Tri Tôn")]),
                ("H'Bhôt Niê", [("Bí thư", "Đảng ủy xã Ea Tiêu")]),
            ],
        ),
        # short titles
        (
            "Đ/c Lý A Sủ - PBT Thường trực Huyện ủy; đ/c Chẻo Thị Mẩy - CT Hội LHPN; ông Hà Lò - CVP UBND tỉnh",
            [
                ("Lý A Sủ", [("Phó Bí thư Thường trực", "Huyện ủy")]),
                ("Chẻo Thị Mẩy", [("Chủ tịch", "Hội Liên hiệp Phụ nữ")]),
                ("Hà Lò", [("Chánh Văn phòng", "Văn phòng Ủy ban nhân dân tỉnh")]),
            ],
        ),
        # the body that somebody heads, before the name
        (
            "Ủy ban Kiểm tra Đảng ủy do đồng chí Đạo Năng Khởi làm Chủ nhiệm",
            [("Đạo Năng Khởi", [("Chủ nhiệm", "Ủy ban Kiểm tra Đảng ủy")])],
        ),
        (
            "Đoàn giám sát của Ban Pháp chế do bà Cụt Thị Mơ, Trưởng ban, làm Trưởng đoàn",
            [("Cụt Thị Mơ", [("Trưởng Ban", ""), ("Trưởng Đoàn", "Đoàn giám sát của Ban Pháp chế")])],
        ),
        # the rest of a body's name that no list knows, and a body in small letters
        (
            "Trưởng khoa Phục hình răng sứ Lò Thị Ún; Giám đốc Trung tâm phục vụ hành chính công xã Hà Thị Sáu",
            [
                ("Lò Thị Ún", [("Trưởng Khoa", "Khoa Phục hình răng sứ")]),
                ("Hà Thị Sáu", [("Giám đốc", "Trung tâm phục vụ hành chính công xã")]),
            ],
        ),
        # an office held before
        ("Ông Tạ Văn Bưởi, từng là Bí thư Huyện ủy", [("Tạ Văn Bưởi", [("Bí thư", "Huyện ủy")])]),
        # a table
        (
            "1 | Già làng A Brông | Bí thư Chi bộ thôn 2 |",
            [("A Brông", [("Bí thư", "Chi bộ thôn 2")])],
        ),
        # a bare title, where the body was named before
        (
            "Lãnh đạo Bệnh viện đến thăm. Phó Giám đốc Thị Ngân Thu nói bệnh viện đã mua máy của công ty.",
            [("Thị Ngân Thu", [("Phó Giám đốc", "")])],
        ),
        # a headline in capitals
        (
            "TÂN GIÁM ĐỐC SỞ Y TẾ LÀ BÀ CAO THỊ MẬN\nGiám đốc Sở Y tế Cao Thị Mận",
            [("Cao Thị Mận", []), ("Cao Thị Mận", [("Giám đốc", "Sở Y tế")])],
        ),
        # the byline
        ("Giám đốc Sở Y tế Cao Thị Mận khai mạc\nCao Thị Mận\n", [("Cao Thị Mận", [("Giám đốc", "Sở Y tế")])]),
    ],
)
def test_what_articles_do(text: str, expected: Persons) -> None:
    """Several rules at once, in the order of the text."""
    assert _persons(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Nông dân Phàn A Sếnh ở xã Tân Lập trồng 2 ha quế; ông Sếnh thu 90 triệu đồng.",
        "Ông Đỗ Văn Quýt, Chủ tịch Tập đoàn Hoa Sim, và bà Lê Thị Na, chủ cơ sở may",
        "Giám đốc Đỗ Văn Quýt cho biết công ty xuất khẩu 30 tấn chè",
        "Ca sĩ Hồ Thị Lam và nhạc sĩ Trần Văn Lim biểu diễn tại đường Trần Phú",
        "Chủ nhiệm đề tài, TS. Lê Văn Khóm (Trường Đại học Tây Nguyên) trình bày",
        "Trường THPT Nguyễn Huệ, phường Lê Hồng Phong, giải thưởng Trần Đại Nghĩa",
        "Học tập tư tưởng Hồ Chí Minh; Chủ tịch Hồ Chí Minh; Bí thư Thành ủy Thành phố Hồ Chí Minh",
        "Quyết định của Chủ tịch UBND tỉnh và Thông tư của Bộ trưởng Bộ Y tế",
        "Các đại biểu Hồ A Thoan, Đinh Thị Rêu tham quan gian hàng",
        "Tác giả: Cao Thị Mận",
        "Chủ tịch UBND phường Lê Hồng Phong tổ chức hội nghị; Bí thư Đảng ủy phường Quang Trung dự",
        "Trường THPT Nguyễn Thị Minh Khai, đường Nguyễn Thị Định",
        "dự lễ tại Trường THPT Dương Quang Đông, Chủ tịch UBND tỉnh; nạo vét sông Cổ Cò, Phó Giám đốc Sở",
        "Chủ tịch UBND thành phố Long Khánh, Bí thư Huyện ủy Tân Kỳ và Phó Giám đốc Sơn Hà",
        "Ông Hồ Văn Tạc và bà Lê Thị Tủn, Giám đốc Công ty Hoa Mai",
        "",
    ],
)
def test_who_is_no_official(text: str) -> None:
    """Farmers, singers, business, researchers, places, a name that is an institution: nothing."""
    assert _persons(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a headline in capitals does not say where the name ends, the article does
        ("CỤC TRƯỞNG BÙI HOÀI BẮC XIN TỪ CHỨC\nÔng Bùi Hoài Bắc, Cục trưởng Cục Thú y, nộp đơn",
         [("Bùi Hoài Bắc", [("Cục trưởng", "")]), ("Bùi Hoài Bắc", [("Cục trưởng", "Cục Thú y")])]),
        # nor where the body ends
        ("BÍ THƯ TỈNH ỦY LÒ VĂN HẶC THĂM XÃ TÂN MỸ\nBí thư Tỉnh ủy Lò Văn Hặc đã đi",
         [("Lò Văn Hặc", [("Bí thư", "Tỉnh ủy")]), ("Lò Văn Hặc", [("Bí thư", "Tỉnh ủy")])]),
        ("GIÁM ĐỐC SỞ KH&CN TỈNH SƠN LA LÒ VĂN HẶC",
         [("Lò Văn Hặc", [("Giám đốc", "Sở Khoa học và Công nghệ tỉnh Sơn La")])]),
        # nor, in capitals alone, more than a word that no name has may tell; a place is never a person
        ("PHÓ CHỦ TỊCH UBND TỈNH LÒ VĂN HẶC LÀM VIỆC VỚI SỞ Y TẾ",
         [("Lò Văn Hặc", [("Phó Chủ tịch", "Ủy ban nhân dân tỉnh")])]),
        ("CHỦ TỊCH QUỐC HỘI LÒ THANH MẬN HỘI ĐÀM VỚI KHÁCH", []),
        ("CHỦ TỊCH UBND HUYỆN MAI SƠN KIỂM TRA CÔNG TÁC PHÒNG CHỐNG BÃO", []),
        # called by two syllables
        ("Ông Hoàng Văn Thắng Lợi, Giám đốc Sở Y tế. Ông Thắng Lợi, Giám đốc Sở Y tế, đi.",
         [("Hoàng Văn Thắng Lợi", [("Giám đốc", "Sở Y tế")]), ("Hoàng Văn Thắng Lợi", [("Giám đốc", "Sở Y tế")])]),
        # the office below the name, and a byline above the article
        ("TS. Lò Thị Hoa\nPhó Giám đốc Sở Y tế, Chủ tịch Hội Đông y tỉnh\n",
         [("Lò Thị Hoa", [("Phó Giám đốc", "Sở Y tế"), ("Chủ tịch", "Hội Đông y tỉnh")])]),
        ("Lò Thị Hoa\nGiám đốc Sở Y tế tỉnh vừa ký văn bản", []),
        # what is said of all before a colon, and of each behind the name
        ("Dự có các đồng chí Ủy viên Ban Thường vụ Tỉnh ủy: Vi Văn Tứ, Trưởng Ban Dân vận; Hà Sáng, Giám đốc Công an.",
         [("Vi Văn Tứ", [("Ủy viên", "Ban Thường vụ Tỉnh ủy"), ("Trưởng Ban", "Ban Dân vận")]),
          ("Hà Sáng", [("Ủy viên", "Ban Thường vụ Tỉnh ủy"), ("Giám đốc", "Công an")])]),
        ("Dự có Bí thư Tỉnh ủy: Vi Văn Tứ, Trưởng Ban Dân vận; Hà Sáng, Giám đốc Công an.",
         [("Vi Văn Tứ", [("Bí thư", "Tỉnh ủy"), ("Trưởng Ban", "Ban Dân vận")]),
          ("Hà Sáng", [("Giám đốc", "Công an")])]),
        # likewise behind an appointment, however each is named
        ("bầu bổ sung Ủy viên UBND huyện đối với ông Vi Văn Tứ, Trưởng Phòng Nội vụ và bà Lò Thị Sen, Trưởng Công an.",
         [("Vi Văn Tứ", [("Ủy viên", "Ủy ban nhân dân huyện"), ("Trưởng Phòng", "Phòng Nội vụ")]),
          ("Lò Thị Sen", [("Ủy viên", "Ủy ban nhân dân huyện"), ("Trưởng Công an", "")])]),
        ("bổ nhiệm Giám đốc Sở Y tế cho ông Vi Văn Tứ, Phó Giám đốc Sở và bà Lò Thị Sen, Chủ tịch UBND tỉnh tặng hoa",
         [("Vi Văn Tứ", [("Giám đốc", "Sở Y tế"), ("Phó Giám đốc", "Sở")]),
          ("Lò Thị Sen", [("Chủ tịch", "Ủy ban nhân dân tỉnh")])]),
        ("Phê chuẩn kết quả bầu Phó Chủ tịch UBND huyện theo đề nghị của ông Vi Văn Tứ, Giám đốc Sở Nội vụ",
         [("Vi Văn Tứ", [("Giám đốc", "Sở Nội vụ")])]),
        ("Chủ tịch UBND TP. Đồng Xoài Vi Văn Tứ dự",
         [("Vi Văn Tứ", [("Chủ tịch", "Ủy ban nhân dân thành phố Đồng Xoài")])]),
        # abbreviations of an office with its body
        ("Vi Văn Tứ, TVTU, Phó Chủ tịch TT HĐND tỉnh; Lò Thị Sen, UVBTVHU, PCTUBND huyện",
         [("Vi Văn Tứ", [("Ủy viên", "Ban Thường vụ"), ("Phó Chủ tịch Thường trực", "Hội đồng nhân dân tỉnh")]),
          ("Lò Thị Sen", [("Ủy viên", "Ban Thường vụ Huyện ủy"), ("Phó Chủ tịch", "Ủy ban nhân dân huyện")])]),
        ("các Phó Chủ tịch UBTƯ MTTQ Việt Nam: Vi Văn Tứ, Lò Thị Sen",
         [("Vi Văn Tứ", [("Phó Chủ tịch", "Ủy ban Trung ương Mặt trận Tổ quốc Việt Nam")]),
          ("Lò Thị Sen", [("Phó Chủ tịch", "Ủy ban Trung ương Mặt trận Tổ quốc Việt Nam")])]),
        # what is elected, whoever elects
        ("Ông Vi Văn Tứ - Phó Bí thư Tỉnh ủy - đã được các đại biểu thống nhất bầu làm Chủ tịch UBND tỉnh",
         [("Vi Văn Tứ", [("Phó Bí thư", "Tỉnh ủy"), ("Chủ tịch", "Ủy ban nhân dân tỉnh")])]),
        ("Người được bầu giữ chức Bí thư Huyện ủy nhiệm kỳ mới là bà Lò Thị Sen",
         [("Lò Thị Sen", [("Bí thư", "Huyện ủy")])]),
        # a given name that begins a body's name too
        ("Ông Vi Văn Chính, Thủ tướng Chính phủ. Thủ tướng Chính phủ giao các bộ. Ông Chính nói.",
         [("Vi Văn Chính", [("Thủ tướng", "Chính phủ")]), ("Vi Văn Chính", [])]),
        # another clause is no place
        ("ông Vi Văn Tứ, nguyên Chủ tịch nước, tỉnh ta đã lập quỹ", [("Vi Văn Tứ", [("Chủ tịch nước", "")])]),
        # cities and provinces are listed, so what is none of them is a person
        ("nguyên Phó Chủ tịch UBND thành phố Huỳnh Năm; Chủ tịch UBND thành phố Vị Thanh Lò Văn Tám",
         [("Huỳnh Năm", [("Phó Chủ tịch", "Ủy ban nhân dân thành phố")]),
          ("Lò Văn Tám", [("Chủ tịch", "Ủy ban nhân dân thành phố Vị Thanh")])]),
        # names from abroad
        ("Đại sứ Hà Lan tại Việt Nam Joris van den Berk dẫn đầu",
         [("Joris van den Berk", [("Đại sứ", "Hà Lan tại Việt Nam")])]),
        # a deputy, and a delegate to a congress
        ("đại biểu Lò Thị Hoa (Đoàn Sơn La) đề nghị; đại biểu Vi Văn Tứ (Hội Nông dân) hỏi",
         [("Lò Thị Hoa", [("Đại biểu", "")])]),
    ],
)  # fmt: skip
def test_what_other_lines_tell(text: str, expected: list[tuple[str, list[tuple[str, str]]]]) -> None:
    assert _persons(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "HĐND tỉnh miễn nhiệm Chủ tịch UBND tỉnh Vi Văn Tứ.",
        "miễn nhiệm chức danh Chủ tịch UBND tỉnh đối với ông Vi Văn Tứ",
        "cho thôi giữ chức Chủ tịch UBND tỉnh đối với ông Vi Văn Tứ",
        "cố Chủ tịch UBND tỉnh Vi Văn Tứ",
        "Ông Vi Văn Tứ từng giữ cương vị Chủ tịch UBND tỉnh",
        "ông Vi Văn Tứ, khi đó là Chủ tịch UBND tỉnh",
    ],
)
def test_an_office_that_is_lost_is_former(text: str) -> None:
    ((former, title),) = [(p.former, p.title) for f in officials.find(text) for p in f.value.positions]
    assert (former, title) == (True, "Chủ tịch")


@pytest.mark.parametrize(
    "text",
    [
        "Giám đốc Bệnh viện Bạch Mai, Giám đốc Bệnh viện Việt Đức cùng dự. Bạch Mai nhận 12 ca.",
        "Trưởng bản Nà Sản, Trưởng bản Huổi Luông cùng dự. Nà Sản có 12 hộ.",
    ],
)
def test_a_body_is_nobody(text: str) -> None:
    """Whatever the model thinks of it."""
    assert _persons(text) == []


def test_to_name_somebody_again_makes_nobody_surer() -> None:
    first, again = officials.find("Đại sứ Thụy Điển Solveig Bjørnstad đến thăm. Solveig Bjørnstad cảm ơn.")
    assert again.confidence <= first.confidence < 0.9


def test_dashes_in_an_office_stay_as_written() -> None:
    """The text is read with hyphens for all dashes; an office has those of the text again."""
    (fact,) = extract("Ông Vi Văn Tứ – Giám đốc Sở Lao động – Thương binh và Xã hội")
    assert fact.value.positions[0].organization == "Sở Lao động – Thương binh và Xã hội"


def test_a_list_of_forty() -> None:
    """An attendance list as minutes have it: everybody comes out, with every office."""
    surnames = ["Lò", "Vi", "Hà", "Lý", "Ma", "Đỗ", "Bế", "Nông"]
    given = ["Văn Hặc", "Thị Tứ", "Minh Sáng", "Thị Hồng Mơ", "Đức"]
    names = [f"{one} {other}" for one in surnames for other in given]
    offices = [
        ("Giám đốc Sở Y tế", [("Giám đốc", "Sở Y tế")]),
        ("PGĐ Sở KH&CN, Tỉnh ủy viên", [("Phó Giám đốc", "Sở Khoa học và Công nghệ"), ("Tỉnh ủy viên", "")]),
        ("Bí thư Huyện ủy, Chủ tịch HĐND huyện Mộc Châu",
         [("Bí thư", "Huyện ủy"), ("Chủ tịch", "Hội đồng nhân dân huyện Mộc Châu")]),
        ("Trưởng phòng Kinh tế", [("Trưởng Phòng", "Phòng Kinh tế")]),
        ("UVBTV Tỉnh ủy, Trưởng Ban Dân vận, Chủ tịch UBMTTQ tỉnh",
         [("Ủy viên", "Ban Thường vụ Tỉnh ủy"), ("Trưởng Ban", "Ban Dân vận"),
          ("Chủ tịch", "Ủy ban Mặt trận Tổ quốc tỉnh")]),
        ("Hiệu trưởng Trường Đại học Tây Bắc", [("Hiệu trưởng", "Trường Đại học Tây Bắc")]),
        ("nguyên Chi cục trưởng Chi cục Thú y", [("Chi cục trưởng", "Chi cục Thú y")]),
    ]  # fmt: skip
    expected = [(name, offices[i % len(offices)][1]) for i, name in enumerate(names)]
    for before, between, behind in (("- Ông ", " - ", "\n"), ("", ", ", "; "), ("đồng chí ", " – ", "; ")):
        entries = [f"{before}{name}{between}{offices[i % len(offices)][0]}{behind}" for i, name in enumerate(names)]
        found = [
            (fact.value.name, [(p.title, p.organization) for p in fact.value.positions])
            for fact in extract("Dự họp có các đồng chí: " + "".join(entries))
        ]
        assert found == expected


def test_a_doubtful_office_counts_where_a_public_one_is_known() -> None:
    """A bare ``Giám đốc`` tells little by itself; near a company it is business unless the article knows better."""
    text = "Giám đốc Sở Công thương Vi Văn Tứ thăm công ty chè. Giám đốc Vi Văn Tứ đề nghị công ty mở rộng."
    assert _persons(text) == [
        ("Vi Văn Tứ", [("Giám đốc", "Sở Công thương")]),
        ("Vi Văn Tứ", [("Giám đốc", "")]),
    ]


def test_spans_are_the_name_alone() -> None:
    """Offsets count in the text that was given, and facts come in its order."""
    text = "Chiều qua, PGS.TS. Quách Văn Đồng - Viện trưởng Viện Thổ nhưỡng đã họp. ÔNG ĐỒNG nói. Ông Đồng đi."
    facts = officials.find(text)
    assert [text[f.start_char : f.end_char] for f in facts] == [f.text for f in facts]
    assert [f.text for f in facts] == ["Quách Văn Đồng", "Đồng"]
    assert [f.start_char for f in facts] == sorted(f.start_char for f in facts)


@pytest.mark.parametrize(
    "unit",
    [
        "NGUYỄN VĂN ",
        "Giám đốc, ",
        "Giám đốc Sở Nguyễn ",
        "ông Nguyễn Văn An, ",
        "Sở Khoa Học ",
        "Giám đốc Sở KH&CN Lò Văn Hặc, ",
        "A",
        "Aa ",
    ],
)
def test_a_line_without_end_takes_linear_time(unit: str) -> None:
    """Eight times the text may not take more than about eight times as long: no rule backtracks without bound."""
    seconds = []
    for size in (50_000, 400_000):
        text = (unit * (size // len(unit) + 1))[:size]
        officials.find(text[:1000])
        start = time.process_time()
        officials.find(text)
        seconds.append(time.process_time() - start)
    assert seconds[1] < 8 * 4 * max(seconds[0], 0.02)
