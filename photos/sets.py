"""What every set has in common: time points, preparation, tolerances, the eight criteria."""

from dataclasses import dataclass

from photos.words import Words


@dataclass(frozen=True)
class TimePoint:
    """`target`, `first`, `last`: days after the treatment; from first to last it is the one proposed."""

    code: str
    name: Words
    target: int | None = None
    first: int | None = None
    last: int | None = None


TIME_POINTS = [
    TimePoint("pre", Words("术前", "Before"), last=0),
    TimePoint("immediate", Words("术后即刻", "Immediately after"), 0, 0, 0),
    TimePoint("d1", Words("术后1天", "Day 1"), 1, 1, 1),
    TimePoint("d3", Words("术后3天", "Day 3"), 3, 2, 4),
    TimePoint("d7", Words("术后7天", "Day 7"), 7, 5, 14),
    TimePoint("m1", Words("术后1个月", "Month 1"), 30, 15, 59),
    TimePoint("m3", Words("术后3个月", "Month 3"), 90, 60, 134),
    TimePoint("m6", Words("术后6个月", "Month 6"), 180, 135, 269),
    TimePoint("m12", Words("术后12个月", "Month 12"), 365, 270, 547),
    TimePoint("other", Words("其他时间", "Other")),
]


@dataclass(frozen=True)
class Preparation:
    """One line of the checklist. `answers` other than yes/no are recorded as they are."""

    code: str
    topic: str  # room | camera | customer
    text: Words
    regions: tuple[str, ...] | None = None  # None: all
    answers: tuple[tuple[str, Words], ...] = ()


HEAD = ("face", "nose", "eye", "brow", "lip", "ear", "neck", "skin")
BODY = ("breast", "body", "thigh", "arm")

PREPARATION = [
    Preparation(
        "site",
        "customer",
        Words("方案和部位已与治疗单核对", "Plan and body site confirmed against the order"),
    ),
    Preparation("curtains", "room", Words("窗帘已拉上", "Curtains closed")),
    Preparation(
        "lights", "room", Words("暖光/化妆灯关闭，白光灯打开", "Warm and vanity lights off, white lights on")
    ),
    Preparation("backdrop", "room", Words("背景干净单色", "Plain backdrop")),
    Preparation(
        "key_light",
        "room",
        Words(
            "主灯：头顶上方约20厘米，向下45度", "Key light: about 20 cm above the head, aimed down 45 degrees"
        ),
        HEAD,
    ),
    Preparation(
        "second_light", "room", Words("第二盏灯：与面部同高", "Second light: level with the face"), HEAD
    ),
    Preparation(
        "third_light",
        "room",
        Words(
            "第三盏灯：与肩背同高，向上45度",
            "Third light: level with the back of the shoulders, aimed up 45 degrees",
        ),
        HEAD,
    ),
    Preparation(
        "lens",
        "camera",
        Words("后置主镜头，固定倍数和距离", "Rear main camera, fixed zoom and distance"),
    ),
    Preparation(
        "manual",
        "camera",
        Words(
            "白平衡和曝光固定，闪光与术前一致", "White balance and exposure fixed, flash as in the baseline"
        ),
    ),
    Preparation("filter", "camera", Words("美颜和滤镜关闭", "No beauty filter")),
    Preparation("hair", "customer", Words("头发用发带向后束起", "Hair back with a band"), HEAD),
    Preparation(
        "hair_alike",
        "customer",
        Words("发长、分缝、干湿与上次一致", "Hair length, parting and dryness as last time"),
        ("hair",),
    ),
    Preparation("jewellery", "customer", Words("眼镜和首饰已取下", "Glasses and jewellery off")),
    Preparation(
        "make_up",
        "customer",
        Words("卸妆", "Make-up"),
        (*HEAD, "hair"),
        (("off", Words("已卸妆", "Off")), ("on", Words("带妆（已记录）", "On (recorded)"))),
    ),
    Preparation("clothes", "customer", Words("衣物不遮挡拍摄部位", "Clothes clear of the region")),
    Preparation(
        "seated",
        "customer",
        Words("坐直，目视固定标记点", "Seated upright, looking at the fixed mark"),
        (*HEAD, "hair"),
    ),
    Preparation("floor_mark", "customer", Words("双脚站在地标上", "Feet on the floor mark"), BODY),
    Preparation(
        "colour_card",
        "camera",
        Words("比例尺和色卡已备好", "Scale and colour card at hand"),
        ("nose", "ear", "skin"),
    ),
]

# Where surgeons differ the clinic chooses one and keeps it; the choice is stored in the set.
OBLIQUE_RULES = [
    ("degrees", Words("45度", "45 degrees")),
    ("cheek_line", Words("鼻尖落在对侧面颊线上", "Nose tip on the outline of the far cheek")),
]

# Relative to the customer's own baseline where there is one. Degrees, but for the distance (a ratio).
# Up to green, then amber; beyond amber red: a reason is asked, nothing is blocked.
TOLERANCES = {
    "head_angle": {"green": 3, "amber": 6},
    "roll": {"green": 2, "amber": 4},
    "tilt": {"green": 2, "amber": 4},
    "distance": {"green": 0.10, "amber": 0.20},
    "body_yaw": {"green": 5, "amber": 10},
}


@dataclass(frozen=True)
class Criterion:
    """One of the eight by which a set is scored: by device checks, or by an answer where there are none."""

    code: str
    name: Words
    checks: tuple[str, ...] = ()


CRITERIA = [
    Criterion("focus", Words("清晰", "Focus"), ("sharpness",)),
    Criterion("framing", Words("取景", "Framing"), ("distance",)),
    Criterion("position", Words("体位", "Position"), ("tilt", "head_angle")),
    Criterion("background", Words("背景干净", "Background")),
    Criterion("shadow", Words("无阴影", "Shadow"), ("balance",)),
    Criterion("clothing", Words("衣物不遮挡", "Clothing")),
    Criterion("jewellery", Words("无首饰", "Jewellery")),
    Criterion("exposure", Words("曝光", "Exposure"), ("exposure", "white_balance")),
]
