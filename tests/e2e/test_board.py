"""A clinic sets its own rule; what it owes is left with a reason, and the lead sees the day closed."""

from playwright.sync_api import expect


def test_a_rule_of_ones_own_is_owed_left_with_a_reason_and_seen_by_the_lead(hand, clinic, no_network):
    clinic.person("cs_lead", roles=("clinic_admin",))
    lead, nurse = hand("cs_lead"), hand("nurse")

    lead.go("/me/clinic/rules")
    lead.tap("增加一条")
    rule = lead.sheet("新规则")
    rule.get_by_label("做什么（中文）").fill("拆纱布提醒")
    rule.get_by_label("做什么（英文）").fill("Take off the dressing")
    rule.get_by_label("由谁").select_option(label="护士")
    for moment, hours in (("最早", "0"), ("最晚", "3")):
        rule.get_by_label(f"{moment}：怎么算").select_option("hours")
        rule.get_by_label(f"{moment}：数字").fill(hours)
        rule.get_by_label(f"{moment}：数字").press("Tab")
    lead.tap("确定", rule)
    expect(lead.page.get_by_role("region", name="这样一次治疗会产生")).to_contain_text("拆纱布提醒")
    lead.tap("存为新版本")
    lead.told("新规则已保存在本机")
    expect(lead.page.get_by_text("第 2 版")).to_be_visible()
    expect(lead.sync_line("已全部送达")).to_have_count(0)
    lead.go("/reports")
    expect(lead.page.get_by_text("这段时间没有回访")).to_be_visible()

    clinic.treatment(clinic.customer("李雨桐"), "玻尿酸", hours_ago=1)
    row = nurse.page.get_by_role("listitem")
    expect(row.filter(has_text="李女士还有 2 小时")).to_be_visible()
    with no_network():
        nurse.go("/board")
        expect(row.filter(has_text="李女士")).to_contain_text("拆纱布提醒")
        nurse.tap("签结这一天")
        sheet = nurse.sheet("签结这一天")
        sheet.get_by_label("李女士").select_option(label="顾客要求改天")
        nurse.tap("签结这一天", sheet)
        nurse.told("已签结")
        expect(nurse.page.get_by_role("region", name="这一天")).to_contain_text("有原因 1")
        lead.go("/reports")
        expect(lead.page.get_by_text("没有网络，这是")).to_be_visible()

    lead.go("/board")
    card = lead.page.get_by_role("region", name="nurse", exact=True)
    expect(card).to_contain_text("nurse 已签结")
    pool = lead.page.get_by_role("region", name="护士（未分配）")
    pool.get_by_role("button", name="还没完成 1 个").click()
    expect(pool).to_contain_text("顾客要求改天")
