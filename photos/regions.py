"""The regions that are photographed, each with its ordered views and its framing.

A view is written as its code: `F`, `F-smile` (variant), `CU-F` (close-up of F), with a trailing `?` where
it is optional. `frame` is the part of the outline that fills the picture: x, y, width, height on its
300 x 400 drawing, always 3:4.
"""

from dataclasses import dataclass, field

from photos.words import Words

Frame = tuple[int, int, int, int]

# Rear main camera, never the front or ultra-wide one: a near lens widens the nose.
FACE_LENS = (2, (1.2, 1.5))
BODY_LENS = (1, (2.0, 3.0))


@dataclass(frozen=True)
class Region:
    code: str
    name: Words
    views: str
    framing: Words
    frame: Frame
    lens: tuple[int, tuple[float, float]]  # zoom, distance in metres
    outlines: str = "face"  # the drawings it uses
    face_shown: bool = True  # a person can be recognized in the picture
    whole_face: bool = False  # enough face in the picture to estimate its angle
    chaperone: bool = False
    close_up_framing: Words | None = None
    cues: dict[str, Words] = field(default_factory=dict)  # said instead of the view's own


ARMS_OUT = "双臂向两侧平举，掌心向前。", "Hold both arms straight out to the sides, palms forward."

REGIONS = [
    Region(
        "face",
        Words("面部", "Face"),
        "F LO LL RO RL F-smile?",
        Words(
            "头发上缘至胸骨上切迹，两耳都在画面内", "Above the hair to the notch of the breastbone, both ears"
        ),
        (0, 0, 300, 400),
        FACE_LENS,
        whole_face=True,
    ),
    Region(
        "nose",
        Words("鼻", "Nose"),
        "F RO RL LO LL BA CE RL-smile CU-F CU-RL",
        Words("全脸", "Full face"),
        (0, 0, 300, 400),
        FACE_LENS,
        whole_face=True,
        close_up_framing=Words("眉毛至嘴唇", "Brow to lips"),
    ),
    Region(
        "eye",
        Words("眼睑", "Eyelids"),
        "F F-closed F-up F-down RO LO RL LL",
        Words("眉上至鼻尖，左右颞部之间", "Above the brows to the nose tip, temple to temple"),
        (49, 32, 201, 268),
        FACE_LENS,
    ),
    Region(
        "brow",
        Words("眉额", "Brow and forehead"),
        "F F-raise F-frown F-smile RO LO",
        Words("发际线至上唇", "Hairline to upper lip"),
        (49, 12, 201, 268),
        FACE_LENS,
    ),
    Region(
        "lip",
        Words("唇", "Lips"),
        "F F-teeth F-pucker RO LO RL LL",
        Words("鼻底至下巴", "Nose base to chin"),
        (90, 172, 120, 160),
        FACE_LENS,
    ),
    Region(
        "ear",
        Words("耳", "Ears"),
        "F RL LL PO CU-RL CU-LL",
        Words("头发完全向后，双耳全部露出", "Hair fully back, ears free"),
        (0, 0, 300, 400),
        FACE_LENS,
        whole_face=True,
        close_up_framing=Words("单侧全耳", "One whole ear"),
    ),
    Region(
        "neck",
        Words("颈颏", "Neck and chin"),
        "F RO RL LO LL RL-flexed F-platysma",
        Words("眉毛至锁骨下方；头不前伸", "Brows to below the collar bones; head not pushed forward"),
        (15, 40, 270, 360),
        FACE_LENS,
        whole_face=True,
    ),
    Region(
        "breast",
        Words("乳房", "Breasts"),
        "F RO RL LO LL F-hips F-armsup",
        Words(
            "锁骨上方至肚脐；不拍到脸", "Above the collar bones to the navel; the face is not in the picture"
        ),
        (75, 14, 150, 200),
        BODY_LENS,
        outlines="body",
        face_shown=False,
        chaperone=True,
    ),
    Region(
        "body",
        Words("形体", "Body"),
        "F LO RO LL RL PO PRO? PLO? F-bend?",
        Words(
            "胸下至大腿中部；双脚踩地标；不拍到脸",
            "Below the bust to mid-thigh; feet on a floor mark; no face",
        ),
        (66, 106, 168, 224),
        BODY_LENS,
        outlines="body",
        face_shown=False,
        chaperone=True,
    ),
    Region(
        "thigh",
        Words("大腿/臀", "Thighs and buttocks"),
        "F RO RL PRO PO PLO LL LO",
        Words("腰至膝盖", "Waist to knees"),
        (60, 158, 180, 240),
        BODY_LENS,
        outlines="body",
        face_shown=False,
        chaperone=True,
    ),
    Region(
        "arm",
        Words("上臂", "Upper arms"),
        "F PO",
        Words("左肘至右肘", "Elbow to elbow"),
        (0, 0, 300, 400),
        BODY_LENS,
        outlines="arm",
        cues={
            "F": Words("请正对镜头，" + ARMS_OUT[0], "Face the camera. " + ARMS_OUT[1]),
            "PO": Words("请背对镜头，" + ARMS_OUT[0], "Turn your back to the camera. " + ARMS_OUT[1]),
        },
    ),
    Region(
        "hair",
        Words("毛发", "Hair"),
        "F F-bowed RO LO RL LL vertex crown PO",
        Words("每次发长、分缝、干湿一致", "Same length, parting and dryness every time"),
        (0, 0, 300, 400),
        FACE_LENS,
        whole_face=True,
    ),
    Region(
        "skin",
        Words("皮肤/光电", "Skin and energy devices"),
        "F RO RL LO LL CU-F CU-RO CU-LO",
        Words("每次灯光一致，不用滤镜", "Same light every time, no filter"),
        (0, 0, 300, 400),
        FACE_LENS,
        whole_face=True,
        close_up_framing=Words("病灶区域，连同色卡", "The area concerned, with the colour card"),
    ),
]
