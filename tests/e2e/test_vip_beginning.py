"""Before the journey: the form is written, returned, put right, confirmed; a plan goes from hand to hand."""

from playwright.sync_api import expect

from tests.e2e.test_vip import sends_all


def asked(me, what):
    """By the card in Today; after a cut the phone may not have asked again by itself yet."""
    sends_all(me)
    me.go_on("/")
    card = me.page.get_by_role("region", name="等我处理的VIP 1")
    card.get_by_role("link", name="李女士").filter(has_text=what).click()


def test_from_a_form_written_offline_to_the_plan_that_is_accepted(hand, clinic, no_network):
    clinic.salon()
    customer = clinic.customer("李雨桐", owner_id=clinic.person("channel_dev"))
    clinic.person("admin_office", roles=("customer_service",))
    developer, house, doctor = hand("channel_dev"), hand("admin_office"), hand("doctor")

    with no_network():
        developer.go(f"/customers/{customer}")
        developer.tap("更多")
        developer.tap("申请VIP接待", developer.sheet("更多"))
        developer.page.get_by_label("诉求").fill("下颌线紧致")
        developer.page.get_by_label("禁忌").fill("青霉素过敏")
        developer.tap("提交审核")
        developer.told("已提交，等行政审核")
        expect(developer.page.get_by_role("region", name="筛查表")).to_contain_text("青霉素过敏")
        expect(developer.page.get_by_role("region", name="到院前照片")).to_contain_text("拍摄到院前照片")
    sends_all(developer)

    asked(house, "审核")
    expect(house.page.get_by_role("region", name="筛查表")).to_contain_text("下颌线紧致")
    house.tap("退回修改")
    sheet = house.sheet("退回修改")
    sheet.get_by_label("原因").fill("缺预算")
    house.tap("退回修改", sheet)
    house.told("已退回")
    sends_all(house)

    asked(developer, "修改筛查表")
    case = developer.page.url.split("/")[-2]
    expect(developer.page.get_by_role("listitem").filter(has_text="缺预算")).to_contain_text("admin_office")
    developer.tap("修改筛查表")
    expect(developer.page.get_by_label("诉求")).to_have_value("下颌线紧致")
    developer.page.get_by_label("预算").fill("80000")
    developer.tap("提交审核")
    developer.told("已提交，等行政审核")
    expect(
        developer.page.get_by_role("region", name="筛查表")
    ).to_be_visible()  # led back to the form as read
    sends_all(developer)

    asked(house, "审核")
    expect(house.page.get_by_role("region", name="筛查表")).to_contain_text("80,000 元")
    house.tap("通过")
    house.tap("确认为VIP")
    house.told("已确认为VIP")
    sends_all(house)
    clinic.assign(case, "doctor")

    doctor.go(f"/vip/{case}/plans")
    doctor.tap("A 基础 写")
    plan = doctor.sheet("方案A · 基础")
    plan.get_by_label("项目").fill("线雕\n玻尿酸")
    plan.get_by_label("价格").fill("19800")
    plan.get_by_label("风险").fill("肿胀一到两周")
    doctor.tap("保存", plan)
    doctor.told("方案A已保存")
    doctor.tap("审定 A")
    doctor.told("已审定 A")
    sends_all(doctor)

    asked(house, "发给合作店")
    expect(house.page.get_by_role("article", name="方案A")).to_contain_text("19,800 元")
    house.tap("把 A 发给合作店")
    house.told("已发给合作店：A")
    house.tap("答复")
    house.choose("答复", "接受")
    house.tap("保存", house.sheet("对方案A的答复"))
    house.told("答复已记下")
    sends_all(house)

    [stored] = clinic.stored("vip_plan").values()
    assert (stored["status"], stored["price"]) == ("accepted", 1_980_000)
    assert stored["procedures"] == ["线雕", "玻尿酸"]
    assert clinic.stored("vip_screening")[case]["budget"] == 8_000_000
    steps = {one["code"]: one["state"] for one in clinic.stored("vip_step").values()}
    assert {steps[code] for code in ("form", "review", "confirmation", "write_plans", "answer")} == {"done"}
