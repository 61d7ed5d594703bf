"""Who may do what and who holds which documents: written from the trade's own table of roles,
not from the server's. A mutation or a document table without a row here fails a test."""

ROLES = (
    "front_desk", "consult_assistant", "consultant", "consult_lead", "cs_lead", "customer_service",
    "nurse", "doctor", "channel_dev", "partner_consultant", "admin_office", "finance",
    "ops_director", "clinic_admin",
)  # fmt: skip

EVERYBODY = " ".join(ROLES)
WRITE_PROFILES = "front_desk consult_assistant consult_lead customer_service cs_lead"
WRITE_MEDICAL = "consult_assistant nurse doctor"
WRITE_TREATMENTS = "consult_assistant consult_lead nurse doctor"
BOOK = f"{WRITE_TREATMENTS} front_desk customer_service cs_lead"
FOLLOW_UP = "consult_lead customer_service cs_lead"
FOLLOW_UP_OWN = "consult_assistant consultant doctor"
FOLLOW_UP_ASSIGNED = f"{FOLLOW_UP_OWN} nurse"
FOLLOW_UP_ROLES = "nurse doctor"
LEADS = "consult_lead cs_lead"
WORK_A_DAY = f"{FOLLOW_UP} {FOLLOW_UP_ASSIGNED} ops_director"
TAKE_PICTURES = "consult_assistant consult_lead nurse doctor"
TAKE_PICTURES_OWN = "consultant channel_dev"
COORDINATE = "customer_service cs_lead ops_director"
ON_A_TEAM = "consult_assistant consultant nurse doctor channel_dev"

# act: {whose: roles}. `all`: for any customer of the clinic. `own`: for customers they own besides.
# `assigned`, `role`: for follow-ups of others' customers that are assigned to them, or to their role.
MAY: dict[str, dict[str, str]] = {
    "customer.create": {"all": f"{WRITE_PROFILES} consultant channel_dev"},
    "customer.create for somebody else": {"all": WRITE_PROFILES},
    "customer.update": {"all": WRITE_PROFILES, "own": "consultant channel_dev"},
    "customer.update of the owner": {"all": LEADS},
    "customer.update_medical": {"all": WRITE_MEDICAL, "own": "consultant"},
    "customer.keep": {"all": EVERYBODY},
    "customer.release": {"all": EVERYBODY},
    "alert.raise": {"all": WRITE_MEDICAL, "own": "consultant"},
    "alert.clear": {"all": WRITE_MEDICAL, "own": "consultant"},
    "conflict.resolve": {"all": WRITE_PROFILES, "own": "consultant channel_dev"},
    "conflict.resolve of the owner": {"all": LEADS},
    "conflict.resolve of the medical part": {"all": WRITE_MEDICAL, "own": "consultant"},
    "treatment.plan": {"all": WRITE_TREATMENTS, "own": "consultant"},
    "treatment.complete": {"all": WRITE_TREATMENTS, "own": "consultant"},
    "treatment.void": {"all": "consult_lead"},
    "appointment.book": {"all": BOOK, "own": "consultant"},
    "appointment.move": {"all": BOOK, "own": "consultant"},
    "appointment.cancel": {"all": BOOK, "own": "consultant"},
    "followup.create": {"all": FOLLOW_UP, "own": FOLLOW_UP_OWN},
    "followup.reschedule": {
        "all": FOLLOW_UP, "own": FOLLOW_UP_OWN, "assigned": FOLLOW_UP_ASSIGNED, "role": FOLLOW_UP_ROLES,
    },
    "followup.attempt": {
        "all": FOLLOW_UP, "own": FOLLOW_UP_OWN, "assigned": FOLLOW_UP_ASSIGNED, "role": FOLLOW_UP_ROLES,
    },
    "followup.escalate": {
        "all": FOLLOW_UP, "own": FOLLOW_UP_OWN, "assigned": FOLLOW_UP_ASSIGNED, "role": FOLLOW_UP_ROLES,
    },
    "followup.hand_on": {
        "all": FOLLOW_UP, "own": FOLLOW_UP_OWN, "assigned": FOLLOW_UP_ASSIGNED, "role": FOLLOW_UP_ROLES,
    },
    "followup.assign": {"all": f"{LEADS} ops_director"},
    "day.sign_off": {"all": WORK_A_DAY},
    "day.sign_off for somebody else": {"all": f"{LEADS} ops_director"},
    "attempt.review": {"all": LEADS},
    "message.sent": {"all": f"{FOLLOW_UP} nurse doctor", "own": "consult_assistant consultant"},
    "consent.sign": {"all": TAKE_PICTURES, "own": TAKE_PICTURES_OWN},
    "consent.revoke": {"all": TAKE_PICTURES, "own": TAKE_PICTURES_OWN},
    "photo_set.start": {"all": TAKE_PICTURES, "own": TAKE_PICTURES_OWN},
    "photo_set.skip": {"all": TAKE_PICTURES, "own": TAKE_PICTURES_OWN},
    "photo_set.finish": {"all": TAKE_PICTURES, "own": TAKE_PICTURES_OWN},
    "photo.add": {"all": TAKE_PICTURES, "own": TAKE_PICTURES_OWN},
    "photo.opened": {
        "all": "consult_assistant consult_lead customer_service cs_lead nurse doctor",
        "own": "consultant channel_dev admin_office",
    },
    "photo.void": {"all": "consult_lead"},
    "photo.stored": {},
    "photo.viewed": {},
    "photo.exported": {},
    "vip.printed": {},
    "staff.password_given": {},
    "staff.second_factor_removed": {},
    "device.taken_in": {},
    "customer.exported": {},
    "notice.read": {"own": EVERYBODY},
    "notice.settings": {"all": EVERYBODY},
    "rejection.dismiss": {"own": EVERYBODY},
    "partner.add": {"all": "clinic_admin"},
    "staff.add": {"all": "clinic_admin"},
    "staff.update": {"all": "clinic_admin"},
    "clinic.open": {},
    "clinic.appoint_compliance": {"all": "clinic_admin"},
    "clinic.set_second_factor": {"all": "clinic_admin"},
    "clinic.set_rules": {"all": "clinic_admin"},
    "clinic.set_windows": {"all": "clinic_admin"},
    "clinic.set_template": {"all": "clinic_admin"},
    "clinic.set_vip_template": {"all": "clinic_admin"},
    "clinic.set_holidays": {"all": "clinic_admin"},
    "vip.open": {"all": COORDINATE, "own": "channel_dev"},
    "vip.review": {"all": "admin_office ops_director"},
    "vip.resubmit": {"all": COORDINATE, "own": "channel_dev"},
    "vip.confirm": {"all": COORDINATE},
    "vip.assign": {"all": f"{COORDINATE} consult_lead"},
    "vip.arrival": {"all": f"{COORDINATE} admin_office", "own": "channel_dev"},
    "vip.close": {"all": COORDINATE},
    "vip.plan.write": {"all": "consult_lead", "own": "consultant doctor"},
    "vip.plan.approve": {"own": "doctor"},
    "vip.plan.release": {"all": COORDINATE},
    "vip.plan.answer": {"all": COORDINATE, "own": "partner_consultant"},
    "vip.step": {"all": f"{COORDINATE} consult_lead", "own": ON_A_TEAM},
    "vip.step of administration": {"all": f"{COORDINATE} consult_lead admin_office", "own": ON_A_TEAM},
    "vip.step of finance": {"all": f"{COORDINATE} consult_lead finance", "own": ON_A_TEAM},
}  # fmt: skip

# Acts on the clinic itself: there is nothing of another clinic to reach for.
ON_ONES_OWN_CLINIC = (
    "customer.create", "customer.create for somebody else", "partner.add", "staff.add", "clinic.open",
    "day.sign_off", "clinic.set_rules", "clinic.set_windows", "clinic.set_template", "clinic.set_holidays",
    "clinic.set_vip_template", "clinic.set_second_factor", "notice.settings",
)  # fmt: skip

# table: {whose rows: roles that hold them}; roles not named hold none. Conflicts go with their row.
DIRECTORY = ("staff", "partner", "clinic", "rule_table", "template", "vip_template")
WITH_PROFILE = "front_desk consult_assistant consult_lead customer_service cs_lead nurse doctor ops_director"
WITH_MEDICAL = "consult_assistant consult_lead customer_service cs_lead nurse doctor"
WITH_TREATMENTS = f"{WITH_MEDICAL} ops_director"
WITH_CONSENTS = f"{WITH_MEDICAL} front_desk ops_director"
WITH_FOLLOW_UPS = "consult_lead customer_service cs_lead nurse doctor ops_director"
WITH_CASES = f"{LEADS} customer_service ops_director admin_office finance"  # finance: confirmed ones
HOLDS: dict[str, dict[str, str]] = {
    **{table: {"all": EVERYBODY} for table in DIRECTORY},
    "customer_brief": {
        "all": f"{WITH_PROFILE} consultant admin_office finance clinic_admin",
        "own": "channel_dev partner_consultant",
    },
    "customer": {"all": WITH_PROFILE, "own": "consultant channel_dev"},
    "conflict": {"all": WITH_PROFILE, "own": "consultant channel_dev"},
    "customer_alert": {"all": f"{WITH_MEDICAL} front_desk ops_director", "own": "consultant"},
    "customer_medical": {"all": WITH_MEDICAL, "own": "consultant"},
    "conflict of the medical part": {"all": WITH_MEDICAL, "own": "consultant"},
    "appointment": {"all": f"{WITH_TREATMENTS} front_desk finance", "own": "consultant"},
    "treatment_brief": {"all": f"{WITH_TREATMENTS} front_desk finance", "own": "consultant"},
    "treatment": {"all": WITH_TREATMENTS, "own": "consultant"},
    "followup": {"all": WITH_FOLLOW_UPS, "own": "consultant consult_assistant"},
    "attempt": {"all": WITH_FOLLOW_UPS, "own": "consultant consult_assistant"},
    "excuse": {"all": WITH_FOLLOW_UPS, "own": "consultant consult_assistant"},
    "attempt_review": {"all": f"{LEADS} ops_director"},
    "day_sign_off": {"clinic": WORK_A_DAY},
    "message": {"all": WITH_FOLLOW_UPS, "own": "consultant consult_assistant"},
    "consent": {"all": WITH_CONSENTS, "own": TAKE_PICTURES_OWN},
    "photo_set": {"all": WITH_MEDICAL, "own": f"{TAKE_PICTURES_OWN} admin_office"},
    "photo": {"all": WITH_MEDICAL, "own": f"{TAKE_PICTURES_OWN} admin_office"},
    "notice": {"own": EVERYBODY},
    "notice_settings": {"own": EVERYBODY},
    "rejection": {"own": EVERYBODY},
    "vip_case": {"all": WITH_CASES, "own": f"{ON_A_TEAM} front_desk"},
    "vip_step": {"all": WITH_CASES, "own": f"{ON_A_TEAM} front_desk"},
    "vip_plan": {"all": WITH_CASES, "own": f"{ON_A_TEAM} front_desk"},
    "vip_screening": {"all": "consult_lead customer_service cs_lead", "own": f"{ON_A_TEAM} admin_office"},
    "vip_case_brief": {"own": "partner_consultant"},
    "vip_step_early": {"own": "partner_consultant"},
    "vip_plan_released": {"own": "partner_consultant"},
}

PERSONAL = ("notice.read", "rejection.dismiss")
