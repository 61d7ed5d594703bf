"""An arrival on four phones, two of them offline; and what the salon's own consultant carries."""

from uuid import UUID, uuid5

from playwright.sync_api import expect

from tests.rigs.vault import kept

SERVICE, DOCTOR, OFFICE, DEVELOPER = "customer_service", "doctor", "admin_office", "channel_dev"


def step(me, name):
    return me.page.get_by_role("listitem").filter(has_text=name).first


def look_at(me, case, stage):
    me.go(f"/vip/{case}")
    choose(me, stage)


def choose(me, stage):
    me.page.get_by_role("navigation", name="阶段").get_by_role("button", name=stage).click()


def blocked(me, name, why):
    step(me, name).get_by_role("button").first.click()
    sheet = me.sheet(name)
    me.choose("现在的情况", "受阻")
    sheet.get_by_label("原因").fill(why)
    me.tap("保存", sheet)


def sends_all(me):
    me.go_on("/sync")
    me.phone.context.set_offline(False)
    me.tap("立即同步")
    me.told("已全部送达，本机是最新的")


def board(me):
    me.go_on("/vip")
    return me.page.get_by_role("main").get_by_role("listitem").filter(has_text="李女士")


def test_an_arrival_that_moves_while_two_are_offline_comes_to_one_state(hand, clinic):
    case = clinic.vip_case(clinic.customer("李雨桐"), 0.75, DEVELOPER, DOCTOR)
    clinic.person(SERVICE, roles=("cs_lead",))
    colleague = clinic.person(SERVICE, 2)
    service, doctor, office, developer = (hand(role) for role in (SERVICE, DOCTOR, OFFICE, DEVELOPER))
    for me in (service, doctor):
        look_at(me, case, "到院")
        me.phone.context.set_offline(True)

    # The house goes on: lights, and a flight that is three hours late.
    look_at(office, case, "到院")
    office.tap("完成：大厅与参观路线开灯")
    office.told("已完成：大厅与参观路线开灯")
    sends_all(office)
    developer.go(f"/vip/{case}")
    before = developer.page.get_by_role("region", name="到院安排").inner_text()
    developer.tap("改行程")
    schedule = developer.sheet("到院安排")
    at = schedule.get_by_label("到院")
    hour = int(at.input_value()[11:13])
    at.fill(f"{at.input_value()[:11]}{hour + 3}{at.input_value()[13:]}")
    schedule.get_by_label("航班").fill("MU5103")
    developer.tap("保存", schedule)
    developer.told("到院改为")

    # Meanwhile, without a network: one step ticked twice, another set in two ways.
    service.tap("完成：称呼姓氏迎接")
    blocked(service, "参观院区", "电梯检修")
    doctor.tap("完成：称呼姓氏迎接")
    doctor.tap("完成：参观院区（饭点先用餐）")
    expect(service.page.get_by_role("region", name="到院安排")).not_to_contain_text("MU5103")
    sends_all(doctor)
    sends_all(service)

    # The earlier tick stands; of the two states the later, and the coordinator is asked.
    service.go(f"/vip/{case}?step={uuid5(UUID(case), 'greeting')}")
    greeting = service.sheet("称呼姓氏迎接")
    expect(greeting.get_by_role("button", name="撤销，改回待办")).to_be_disabled()
    expect(greeting.get_by_role("listitem")).to_have_count(2)
    service.tap("关闭", greeting)
    assert service.page.get_by_role("region", name="到院安排").inner_text() != before
    expect(service.page.get_by_role("region", name="到院安排")).to_contain_text("MU5103")
    expect(step(service, "称呼姓氏迎接")).to_contain_text(SERVICE)
    service.tap("改为受阻")
    expect(service.page.get_by_role("region", name="待确认")).to_have_count(0)
    service.go_on("/vip/handover")
    service.page.get_by_label("交给").select_option(label=f"{SERVICE}2")
    service.tap("交接 1 个接待")
    service.told(f"已交给{SERVICE}2")
    sends_all(service)

    # Late by the new arrival: what is due days before it, and nothing of the hour before.
    for me in (service, doctor, office, developer):
        row = board(me)
        expect(row).to_contain_text("逾期 7 步")
        expect(row).not_to_contain_text("待确认")
        expect(row).to_contain_text("筛查 3/4")
        expect(row).to_contain_text("上报人数、票务、房间 · 渠道开发 · channel_dev")
    assert clinic.stored("vip_case")[case]["team"][SERVICE] == colleague
    held = {one["code"]: one for one in clinic.stored("vip_step").values()}
    assert held["greeting"]["done_by"] == clinic.person(SERVICE)
    assert [len(held[code]["history"]) for code in ("lights", "greeting", "tour")] == [1, 2, 3]
    assert held["tour"]["state"] == "blocked"
    assert held["tour"]["contested"] is None

    # They do not come after all: only a lead ends what is not finished, and says why.
    service.go_on(f"/vip/{case}")
    service.tap("更多")
    service.tap("小结并结束")
    review = service.sheet("小结并结束")
    expect(review.get_by_role("button", name="结束这次接待")).to_be_disabled()
    review.get_by_label("做得好的").fill("接机准时")
    review.get_by_label("提前原因").fill("顾客改期")
    service.tap("结束这次接待", review)
    service.told("接待已结束")
    service.go_on(f"/vip/{case}/report")
    expect(service.page.get_by_role("region", name="团队小结")).to_contain_text("接机准时")
    expect(board(office)).to_contain_text("已结束")


def test_the_salons_consultant_carries_the_early_stages_and_nothing_else(hand, clinic):
    case = clinic.vip_case(clinic.customer("李雨桐"), 30, "partner_consultant")
    partner = hand("partner_consultant")
    board(partner).get_by_role("link").click()
    expect(partner.page.get_by_role("region", name="到院安排")).to_contain_text("星光美容院")
    choose(partner, "接待准备")
    expect(step(partner, "上报人数、票务、房间")).to_be_visible()
    partner.tap("更多")
    expect(partner.sheet("更多").get_by_role("button", name="筛查表")).to_have_count(0)
    partner.tap("关闭", partner.sheet("更多"))
    partner.go_on("/me")
    partner.page.go_back()
    expect(step(partner, "上报人数、票务、房间")).to_be_visible()  # the stage that was looked at
    documents, everything = kept(partner.page, "documents"), str(kept(partner.page))
    assert {key.split("/")[0] for key, _ in documents} == {
        "clinic", "staff", "partner", "rule_table", "template", "vip_template",
        "customer_brief", "vip_case_brief", "vip_step_early",
    }  # fmt: skip
    assert case in everything
    assert "李雨桐" not in everything
    assert "肝功能" not in everything
