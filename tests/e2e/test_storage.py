"""A phone that is full, and one that refuses to keep anything: what is said is what is so."""

from playwright.sync_api import expect

from tests.e2e.pictures import begun_set
from tests.rigs import camera
from tests.rigs.vault import kept

SERVICE = "customer_service"
FULL = "手机空间已满，没有保存"

# Chromium believes for half a minute in the room it found last: until it has looked again, nothing is full.
UNTIL_FULL = """async () => {
  const database = await new Promise((done) => {
    const request = indexedDB.open('probe', 1)
    request.onupgradeneeded = () => request.result.createObjectStore('probe')
    request.onsuccess = () => done(request.result)
  })
  const fits = () => new Promise((done) => {
    const transaction = database.transaction('probe', 'readwrite')
    transaction.objectStore('probe').put('x', 'x')
    transaction.oncomplete = () => done(true)
    transaction.onabort = () => done(false)
  })
  for (let tries = 0; await fits(); tries += 1) {
    if (tries > 300) throw new Error('it is never full')
    await new Promise((later) => setTimeout(later, 200))
  }
  database.close()
  indexedDB.deleteDatabase('probe')
}"""


def fill_up(me):
    me.phone.cdp().send("Storage.overrideQuotaForOrigin", {"origin": me.phone.url, "quotaSize": 1})
    me.page.evaluate(UNTIL_FULL)


def test_on_a_full_phone_nothing_is_called_saved_and_nothing_half_written(hand, clinic, tmp_path):
    clinic.person("nurse", 1, (SERVICE,))
    clinic.followup(clinic.customer("王晓燕"), SERVICE)
    set_id = begun_set(clinic, clinic.phone("nurse"))
    me = hand("nurse")
    me.go(f"/sets/{set_id}/capture")
    first = me.page.get_by_role("heading", level=1, name="正位", exact=True)
    expect(first).to_be_visible()
    fill_up(me)
    picture = tmp_path / "front.jpg"
    camera.head().save(picture, quality=92)
    me.page.get_by_label("用手机相机").set_input_files(picture)
    sheet = me.sheet("没有保存")
    expect(sheet.get_by_role("alert")).to_contain_text(FULL)
    me.tap("不要这张", sheet)
    # The view is not called taken.
    expect(first).to_be_visible()

    me.go_on("/")
    me.page.get_by_role("link", name="王女士").click()
    me.tap("短信预告")
    me.told(FULL)
    assert me.stayed()
    me.tap("记录")
    me.tap("有情况…")
    sheet = me.sheet("有情况 · 王女士")
    me.choose("反应", "轻微")
    sheet.get_by_label("备注").fill("下巴有点肿")
    me.tap("保存", sheet)
    me.told(FULL)
    # What was typed is still there.
    expect(sheet.get_by_label("备注")).to_have_value("下巴有点肿")
    me.tap("关闭", sheet)
    me.tap("返回")

    me.go_on("/sync")
    expect(me.page.get_by_role("alert").filter(has_text="存储快满了")).to_be_visible()
    assert kept(me.page, "outbox") == []
    assert kept(me.page, "originals") == []


def test_a_browser_that_keeps_nothing_is_told_at_sign_in(hand):
    me = hand(SERVICE, signed_in=False)
    me.phone.context.add_init_script(
        "IDBFactory.prototype.open = () => { throw new DOMException('refused', 'SecurityError') }"
    )
    me.page.reload()
    me.fill_in()
    expect(me.page.get_by_role("alert")).to_contain_text("浏览器不允许保存")
