"""The default texts to customers. No medical content: others may read the phone's screen."""

DEFAULT_TEMPLATES: dict[str, dict[str, str]] = {
    "announce_call": {
        "zh": "{surname}{form}您好，我是{clinic}的{staff}，稍后想给您打个回访电话，您看方便吗？",
        "en": "Hello {surname}, this is {staff} of {clinic}. I would like to call you shortly.",
    },
    "missed_call": {
        "zh": "{surname}{form}您好，我是{clinic}的{staff}，刚才致电未能接通。方便时请回电{phone}，谢谢。",
        "en": "Hello {surname}, {staff} of {clinic} tried to reach you. Please ring back {phone}.",
    },
    "day1_care": {
        "zh": "{surname}{form}您好，我是{clinic}的{staff}，想了解您今天感觉如何。有疑问请随时联系{phone}。",
        "en": "Hello {surname}, {staff} of {clinic} here. How are you today? Questions: {phone}.",
    },
    "revisit_reminder": {
        "zh": "{surname}{form}您好，提醒您稍后在{clinic}有预约。如需改期请联系{phone}。",
        "en": "Hello {surname}, a reminder of your appointment at {clinic}. To change it: {phone}.",
    },
}
