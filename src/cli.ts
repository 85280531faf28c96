#!/usr/bin/env node
/** The command line. Results go to stdout, all else to stderr. */
import { Command } from "commander";
import { addCommands } from "./commands";
import { version } from "./helpers";
import { setReporter } from "./helpers/report";
import { terminalReporter } from "./viz";

const program = new Command("transfer-lab")
  .description("Transfer learning on images: pre-train, replace the output layer, fine-tune, measure.")
  .version(version)
  .showHelpAfterError("(--help shows what is allowed)")
  .exitOverride(); // wrong use is told apart from a failure: see main

addCommands(program);

async function main(): Promise<void> {
  setReporter(terminalReporter());
  try {
    await program.parseAsync();
  } catch (error) {
    const { code, message, exitCode } = error as Error & { code?: string; exitCode?: number };
    if (code?.startsWith("commander."))
      process.exitCode = exitCode === 0 ? 0 : 2; // commander has said what is wrong
    else {
      process.stderr.write(`${message}\n`);
      process.exitCode = 1;
    }
  }
}

void main();
