// Firefox over WebDriver BiDi, for tests written elsewhere: a JSON command a line in, a JSON answer a line out.
// NODE_PATH=<node_modules> node firefox.cjs EXECUTABLE PROFILE
const { createInterface } = require('node:readline')
const puppeteer = require('puppeteer-core')

async function main(executablePath, userDataDir) {
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath, userDataDir, headless: true })
  const page = await browser.newPage()
  await page.setViewport({ width: 390, height: 844 })
  const commands = {
    goto: ({ url }) => page.goto(url),
    run: ({ script }) => page.evaluate(script),
    screenshot: ({ path }) => page.screenshot({ path }),
  }
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line)
    const answer = await commands[command.do](command).then(
      (value) => ({ value: command.do === 'run' ? (value ?? null) : null }),
      (error) => ({ error: String(error) }),
    )
    process.stdout.write(`${JSON.stringify(answer)}\n`)
  }
  await browser.close()
}

main(...process.argv.slice(2))
