/** JupyterLab as `npm start` starts it, and a browser on it. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { findChromium, startChromium } from "../../helpers/chromium";
import { noJupyter, ROOT } from "./python";

const CHROMIUM = findChromium();
const TOKEN = "for-this-test-only";

/** Why tests that need a browser are skipped; false where they are not. */
export const noBrowser = CHROMIUM ? noJupyter : "needs Chromium on the PATH, or where CHROMIUM says";

/** What the page offers when JupyterLab is told to: `window.jupyterapp`. */
interface Lab {
  commands: { execute(command: string): Promise<unknown> };
  shell: {
    currentWidget?: {
      content: { activeCellIndex: number; deselectAll(): void };
      context: { save(): Promise<void> };
      sessionContext: { session?: { kernel?: { status: string } } };
    };
  };
}
declare const window: { jupyterapp: Lab };

export class JupyterLab {
  private constructor(
    /** Where notebooks may be put. */
    readonly folder: string,
    private readonly server: ChildProcess,
    private readonly browser: Browser,
    private readonly address: string,
  ) {}

  /** @param env What its kernels get besides. */
  static async start(env: Record<string, string> = {}): Promise<JupyterLab> {
    mkdirSync(join(ROOT, "notebooks"), { recursive: true });
    const folder = mkdtempSync(join(ROOT, "notebooks", ".fixtures-"));
    const port = await freePort();
    const settings = {
      "ServerApp.port": port,
      "ServerApp.port_retries": 0,
      "IdentityProvider.token": TOKEN,
      "ContentsManager.allow_hidden": "True",
      "LabApp.expose_app_in_browser": "True",
    };
    const args = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
    const start = join(ROOT, "scripts", "start.mjs");
    const server = spawn(process.execPath, [start, "--no-browser", ...args], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", keptLog()],
    });
    const address = `http://127.0.0.1:${port}`;
    await answers(`${address}/api?token=${TOKEN}`);
    const browser = await startChromium(CHROMIUM!);
    return new JupyterLab(folder, server, browser, address);
  }

  /** Opens a notebook of the folder in a page of its own and waits for its kernel. */
  async open(name: string): Promise<NotebookPage> {
    const page = await this.browser.newPage({ viewport: { width: 1100, height: 860 } });
    page.setDefaultTimeout(60_000); // other tests may keep the machine busy
    await page.goto(`${this.address}/lab/tree/${basename(this.folder)}/${name}?token=${TOKEN}&reset`);
    const notebook = new NotebookPage(page);
    await notebook.ready();
    return notebook;
  }

  /** Ends all kernels. */
  async endKernels(): Promise<void> {
    const headers = { Authorization: `token ${TOKEN}` };
    const kernels = (await (await fetch(`${this.address}/api/kernels`, { headers })).json()) as {
      id: string;
    }[];
    for (const { id } of kernels)
      await fetch(`${this.address}/api/kernels/${id}`, { method: "DELETE", headers });
  }

  async stop(): Promise<void> {
    await this.browser.close();
    const closed = new Promise((resolve) => this.server.on("close", resolve));
    this.server.kill("SIGTERM");
    const late = setTimeout(() => this.server.kill("SIGKILL"), 15_000);
    await closed;
    clearTimeout(late);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class NotebookPage {
  constructor(readonly page: Page) {}

  async ready(): Promise<void> {
    await this.page.waitForSelector(".jp-Notebook .jp-Cell");
    await this.page.waitForFunction(() =>
      ["idle", "busy"].includes(
        window.jupyterapp.shell.currentWidget?.sessionContext.session?.kernel?.status ?? "",
      ),
    );
  }

  /** Runs a cell, and does not wait for its end. */
  async run(index: number): Promise<void> {
    await this.page.evaluate((at) => {
      const { content } = window.jupyterapp.shell.currentWidget!;
      content.activeCellIndex = at;
      content.deselectAll();
      void window.jupyterapp.commands.execute("notebook:run-cell");
    }, index);
  }

  async command(name: string): Promise<void> {
    await this.page.evaluate((command) => window.jupyterapp.commands.execute(command).then(() => {}), name);
  }

  save(): Promise<void> {
    return this.page.evaluate(() => window.jupyterapp.shell.currentWidget!.context.save());
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /** Waits until the text of a part of the page is as it should be. */
  async shows(selector: string, text: string | RegExp): Promise<void> {
    await this.page.locator(selector).filter({ hasText: text }).first().waitFor();
  }

  /** The state of the kernel, as the page tells its reader. */
  kernel(): Promise<string> {
    return this.page.evaluate(
      () => window.jupyterapp.shell.currentWidget!.sessionContext.session!.kernel!.status,
    );
  }

  /** Keeps a picture of the page where SCREENSHOTS names a folder. */
  async picture(name: string): Promise<void> {
    const folder = process.env.SCREENSHOTS;
    if (!folder) return;
    await this.page.evaluate(
      "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
    );
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }
}

/** What JupyterLab and its kernels say on stderr is kept beside the pictures. */
function keptLog(): "ignore" | number {
  const folder = process.env.SCREENSHOTS;
  return folder ? openSync(join(folder, "jupyterlab.log"), "w") : "ignore";
}

async function answers(address: string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (
      await fetch(address).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await pause(200);
  }
  throw new Error("JupyterLab does not answer.");
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
