"""The administrator and the people of the clinic, on two phones."""

from playwright.sync_api import expect


def test_somebody_is_engaged_gets_another_role_and_leaves(hand, clinic):
    admin = hand("clinic_admin")
    admin.go("/me/clinic/people")
    admin.tap("添加人员")
    sheet = admin.sheet("添加人员")
    sheet.get_by_label("姓名").fill("小美")
    sheet.get_by_label("登录名").fill("mei")
    sheet.get_by_role("checkbox", name="护士").check()
    password = sheet.get_by_label("密码").input_value()
    admin.tap("添加人员", sheet)
    admin.told("小美 可以登录了")

    mei = hand("nurse", signed_in=False)
    mei.login, mei.password = "mei", password
    mei.fill_in(password)
    own = mei.sheet("换成自己的密码")
    own.get_by_label("新密码").fill("password1")
    mei.tap("修改密码", own)
    expect(own.get_by_role("alert")).to_contain_text("太容易猜到")
    own.get_by_label("新密码").fill("seven quiet lanterns")
    mei.tap("修改密码", own)
    expect(mei.page.get_by_role("heading", name="今日")).to_be_visible()
    admin.page.get_by_role("button", name="小美 护士 mei").click()
    person = admin.sheet("小美")
    person.get_by_role("checkbox", name="护士").uncheck()
    person.get_by_role("checkbox", name="前台").check()
    admin.tap("保存", person)
    admin.told("已保存")
    mei.go("/me")
    expect(mei.page.get_by_text("前台", exact=True)).to_be_visible()

    admin.page.get_by_role("button", name="小美 前台 mei").click()
    admin.tap("离职", admin.sheet("小美"))
    admin.tap("离职，立即清空", admin.sheet("小美 离职"))
    admin.told("小美 已离职，所有设备立即失效")
    expect(admin.page.get_by_role("region", name="已离职")).to_contain_text("小美")
    mei.come_back()
    expect(mei.page.get_by_role("button", name="登录", exact=True)).to_be_visible()
