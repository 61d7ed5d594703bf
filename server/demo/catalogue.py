"""What the demo clinic does and what is heard there. Products and lots exist nowhere."""

from typing import NamedTuple


class Procedure(NamedTuple):
    category: str
    name: str
    sites: tuple[str, ...]
    product: str | None


PROCEDURES = (
    Procedure("laser_skin", "光子嫩肤", ("全面部",), None),
    Procedure("laser_skin", "点阵激光", ("双颊", "鼻部"), None),
    Procedure("laser_skin", "皮秒祛斑", ("双颧",), None),
    Procedure("laser_skin", "射频紧肤", ("下颌缘", "颈部"), None),
    Procedure("injectable", "玻尿酸填充", ("苹果肌",), "示例玻尿酸 A"),
    Procedure("injectable", "玻尿酸丰唇", ("唇部",), "示例玻尿酸 B"),
    Procedure("injectable", "除皱针", ("额部", "眉间", "鱼尾纹"), "示例除皱针"),
    Procedure("injectable", "水光注射", ("全面部",), "示例水光"),
    Procedure("injectable", "瘦脸针", ("咬肌",), "示例除皱针"),
    Procedure("surgery", "双眼皮成形", ("上睑",), None),
    Procedure("surgery", "内眼角开大", ("内眦",), None),
    Procedure("surgery", "隆鼻", ("鼻部",), "示例鼻假体"),
    Procedure("surgery", "眼袋去除", ("下睑",), None),
    Procedure("dental", "牙齿冷光美白", ("上颌", "下颌"), None),
    Procedure("dental", "瓷贴面", ("上颌前牙",), "示例瓷贴面"),
    Procedure("dental", "隐形矫正复诊", ("全口",), "示例矫正器"),
)

# Kind of the appointment, whom it is with.
APPOINTMENTS = (
    ("first_visit", "consultant"),
    ("return_visit", "consultant"),
    ("new_purchase", "consultant"),
    ("check", "doctor"),
    ("check", "nurse"),
    ("treatment", "doctor"),
)

PREFERENCES: dict[str, tuple[str, ...]] = {
    "drink": ("温水", "柠檬水", "美式咖啡，不加糖", "红枣茶", "菊花茶"),
    "temperature": ("怕冷，请备毛毯", "喜欢凉快一点"),
    "music": ("轻音乐", "不要音乐", "古典"),
    "diet": ("素食", "不吃辣", "海鲜过敏", "不喝含咖啡因饮料"),
    "companions": ("常与姐姐同来", "常与先生同来", "带小朋友，请安排儿童区"),
}
BEST_TIMES = (("12:00", "13:30"), ("18:00", "20:00"), ("20:00", "21:30"), ("09:30", "11:00"))

ALERTS = (
    ("青霉素过敏", "danger"),
    ("利多卡因过敏，禁用表面麻醉", "danger"),
    ("瘢痕体质", "warning"),
    ("正在服用阿司匹林", "warning"),
    ("晕针", "info"),
    ("孕期，暂缓治疗", "danger"),
)
ALLERGIES = ("青霉素", "头孢", "海鲜", "酒精", "花粉", "利多卡因")
MEDICATION = ("避孕药", "维生素E", "阿司匹林", "优甲乐")
HISTORIES = ("无特殊病史", "高血压，控制良好", "甲状腺结节，定期复查", "轻度湿疹", "单纯疱疹史")
PREVIOUS = ("三年前双眼皮（外院）", "去年光子嫩肤两次", "两年前玻尿酸注射（外院）", "牙齿矫正")

NOTES = (
    "恢复顺利，洗脸防晒都按要求做",
    "略红肿，已提醒冰敷，明显好转",
    "问什么时候可以化妆，已答复",
    "说效果满意，想带朋友来看看",
    "有点干，建议加强补水",
    "提醒按时换药和复查",
    "问下次治疗间隔，已说明",
    "睡眠一般，已安抚",
)
REACTION_NOTES = ("局部轻微红肿", "轻度结痂", "少量淤青", "轻微胀痛")
SEVERE_NOTES = (
    "注射部位发白伴明显疼痛",
    "红肿加重并有渗出",
    "单侧肿胀明显，视物模糊",
    "发热 38.5 度，伤口疼痛",
)
DOCTOR_NOTES = ("已电话评估，属术后正常反应，嘱观察", "已请回院面诊，处理后好转", "调整用药，明日复查")
QUESTIONS = ("想了解下一个疗程的安排", "问护肤品能否同时使用", "问能不能提前拆线", "想咨询颈部项目")
