"""The standard views: where the customer looks, what is said to them, how the operator recognizes the view.

Angles in degrees: yaw + shows the customer's right side, pitch + is chin up, roll is always 0.
"""

from dataclasses import dataclass

from photos.words import Words


@dataclass(frozen=True)
class Pose:
    """A base view. `cue` is spoken to a customer who sits (head) or stands (body)."""

    code: str
    name: Words
    yaw: int
    pitch: int
    recognized: Words
    cue: Words
    body_cue: Words | None = None
    about: bool = False  # the landmark decides, not the number


@dataclass(frozen=True)
class Variant:
    """What a suffix adds to a pose: `F-smile`. Its cue replaces the pose's second sentence."""

    suffix: str
    name: Words
    cue: Words
    pitch: int = 0
    still: bool = True  # False: head or trunk leaves the pose; its angle is not judged, its outline no help
    outline: str | None = None  # the pose whose outline fits then


POSES = [
    Pose(
        "F",
        Words("正位", "Frontal"),
        0,
        0,
        Words(
            "耳道与眶下缘连线水平；两耳露出一样多",
            "Ear canal and lower orbital rim level; both ears equally visible",
        ),
        Words("请正对镜头，看着标记点，表情放松。", "Face the camera, look at the mark, relax your face."),
        Words("请正对镜头站直，双脚踩在地标上。", "Stand straight, facing the camera, feet on the marks."),
    ),
    Pose(
        "RO",
        Words("右45度", "Right oblique"),
        45,
        0,
        Words(
            "转45度，或鼻尖落在对侧面颊轮廓线上",
            "Turned by 45 degrees, or nose tip on the outline of the far cheek",
        ),
        Words(
            "请向左转45度，露出右脸，眼睛平视前方。",
            "Turn 45 degrees to your left, showing your right cheek; look straight ahead.",
        ),
        Words(
            "请整个身体向左转45度，露出右侧。",
            "Turn your whole body 45 degrees to your left, showing your right side.",
        ),
    ),
    Pose(
        "LO",
        Words("左45度", "Left oblique"),
        -45,
        0,
        Words(
            "转45度，或鼻尖落在对侧面颊轮廓线上",
            "Turned by 45 degrees, or nose tip on the outline of the far cheek",
        ),
        Words(
            "请向右转45度，露出左脸，眼睛平视前方。",
            "Turn 45 degrees to your right, showing your left cheek; look straight ahead.",
        ),
        Words(
            "请整个身体向右转45度，露出左侧。",
            "Turn your whole body 45 degrees to your right, showing your left side.",
        ),
    ),
    Pose(
        "RL",
        Words("右侧位", "Right lateral"),
        90,
        0,
        Words("对侧眉毛和睫毛看不见", "Far brow and lashes hidden"),
        Words(
            "请向左转到完全侧面，露出右脸，下巴放平。",
            "Turn to your left until fully sideways, right cheek to the camera, chin level.",
        ),
        Words(
            "请整个身体向左转90度，右侧对着镜头。",
            "Turn your whole body 90 degrees to your left, right side to the camera.",
        ),
    ),
    Pose(
        "LL",
        Words("左侧位", "Left lateral"),
        -90,
        0,
        Words("对侧眉毛和睫毛看不见", "Far brow and lashes hidden"),
        Words(
            "请向右转到完全侧面，露出左脸，下巴放平。",
            "Turn to your right until fully sideways, left cheek to the camera, chin level.",
        ),
        Words(
            "请整个身体向右转90度，左侧对着镜头。",
            "Turn your whole body 90 degrees to your right, left side to the camera.",
        ),
    ),
    Pose(
        "BA",
        Words("仰头位", "Basal"),
        0,
        45,
        Words("鼻尖与眉毛平齐", "Nose tip level with the brows"),
        Words(
            "请慢慢仰头，直到鼻尖与眉毛平齐，保持不动。",
            "Tilt your head back slowly until your nose tip meets your brows; hold still.",
        ),
        about=True,
    ),
    Pose(
        "CE",
        Words("头顶俯视位", "Cephalic"),
        0,
        -45,
        Words("从上方看：鼻背是否偏斜", "Bird's eye: shows deviation of the nose"),
        Words(
            "请慢慢低头，保持正中，不要歪头。", "Lower your head slowly, straight, without tilting sideways."
        ),
        about=True,
    ),
    Pose(
        "PO",
        Words("后位", "Posterior"),
        180,
        0,
        Words("完全背对镜头，左右对称", "Back fully to the camera, left and right alike"),
        Words("请背对镜头坐直，头摆正。", "Sit straight with your back to the camera, head upright."),
        Words(
            "请背对镜头站直，双脚踩在地标上。",
            "Stand straight with your back to the camera, feet on the marks.",
        ),
    ),
    Pose(
        "PRO",
        Words("右后斜位", "Right posterior oblique"),
        135,
        0,
        Words("背对镜头，右侧转近45度", "Back to the camera, right side turned nearer by 45 degrees"),
        Words("请背对镜头，再向右转45度。", "With your back to the camera, turn 45 degrees to your right."),
        Words(
            "请背对镜头，整个身体再向右转45度。",
            "With your back to the camera, turn your whole body 45 degrees to your right.",
        ),
    ),
    Pose(
        "PLO",
        Words("左后斜位", "Left posterior oblique"),
        -135,
        0,
        Words("背对镜头，左侧转近45度", "Back to the camera, left side turned nearer by 45 degrees"),
        Words("请背对镜头，再向左转45度。", "With your back to the camera, turn 45 degrees to your left."),
        Words(
            "请背对镜头，整个身体再向左转45度。",
            "With your back to the camera, turn your whole body 45 degrees to your left.",
        ),
    ),
    Pose(
        "vertex",
        Words("头顶", "Vertex"),
        0,
        -90,
        Words("发旋与发缝在画面正中", "Whorl and parting in the middle of the picture"),
        Words("请低头，让头顶对着镜头。", "Bow your head until its top faces the camera."),
        about=True,
    ),
    Pose(
        "crown",
        Words("枕顶", "Crown"),
        180,
        45,
        Words("从后上方看：发旋在画面正中", "From behind and above: the whorl in the middle of the picture"),
        Words("请背对镜头，头稍微后仰。", "With your back to the camera, tilt your head back a little."),
        about=True,
    ),
]

VARIANTS = [
    Variant(
        "smile",
        Words("微笑", "smiling"),
        Words("请自然微笑，露出牙齿。", "Smile naturally, showing your teeth."),
    ),
    Variant("closed", Words("闭眼", "eyes closed"), Words("请轻轻闭上眼睛。", "Close your eyes gently.")),
    Variant(
        "up",
        Words("向上看", "looking up"),
        Words("头不动，眼睛向上看。", "Keep your head still and look up."),
    ),
    Variant(
        "down",
        Words("向下看", "looking down"),
        Words("头不动，眼睛向下看。", "Keep your head still and look down."),
    ),
    Variant(
        "raise", Words("抬眉", "brows raised"), Words("请用力抬眉毛。", "Raise your brows as far as you can.")
    ),
    Variant("frown", Words("皱眉", "frowning"), Words("请用力皱眉。", "Frown as hard as you can.")),
    Variant(
        "pucker",
        Words("噘嘴", "lips puckered"),
        Words("请噘嘴，像吹口哨一样。", "Pucker your lips as if to whistle."),
    ),
    Variant(
        "teeth", Words("露齿", "teeth shown"), Words("请露出上下牙齿。", "Show your upper and lower teeth.")
    ),
    Variant(
        "platysma",
        Words("绷颈", "platysma tensed"),
        Words(
            "请咬牙，嘴角向下拉，绷紧脖子。",
            "Clench your teeth, pull the corners of your mouth down and tense your neck.",
        ),
    ),
    Variant(
        "flexed",
        Words("低头", "neck flexed"),
        Words("请低头，下巴靠近胸口。", "Lower your chin towards your chest."),
        pitch=-30,
        still=False,
    ),
    Variant(
        "hips",
        Words("双手叉腰", "hands on hips"),
        Words("请双手叉腰，用力夹紧。", "Put your hands on your hips and press."),
    ),
    Variant(
        "armsup",
        Words("双臂上举", "arms raised"),
        Words("请双臂举过头顶。", "Raise both arms above your head."),
    ),
    Variant(
        "bend",
        Words("前弯", "bending forward"),
        Words("请向前弯腰，双臂自然下垂。", "Bend forward at the waist, arms hanging."),
        still=False,
    ),
    Variant(
        "bowed",
        Words("低头", "head bowed"),
        Words(
            "请低头，让发际线和发缝对着镜头。", "Bow your head so that hairline and parting face the camera."
        ),
        pitch=-45,
        still=False,
        outline="CE",
    ),
]

CLOSE_UP = Words("特写", "close-up")
CLOSE_UP_CUE = Words("保持不动，我靠近拍一张。", "Hold still, I am coming closer for one more.")
CLOSE_UP_SIGN = Words("画面中有比例尺和色卡", "Scale and colour card in the picture")
