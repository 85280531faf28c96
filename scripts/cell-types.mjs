// Checks the types of the notebooks' code cells, strictly: node scripts/cell-types.mjs [notebook.ipynb …]
//
// The cells of a notebook are joined into one module that lies, in memory only, beside the notebook, so that imports
// resolve as they do in the kernel. Errors name the notebook, the code cell and the line in it.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative, resolve } from "node:path";
import { root } from "./setup/paths.mjs";

const ts = createRequire(import.meta.url)("typescript");

const options = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ES2022, // cells may await at the top
  moduleResolution: ts.ModuleResolutionKind.Node10, // as the kernel resolves
  lib: ["lib.es2023.d.ts"],
  types: ["node"],
  typeRoots: [join(root, "node_modules", "@types")],
  strict: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  noImplicitReturns: true,
  noFallthroughCasesInSwitch: true,
  esModuleInterop: true,
  skipLibCheck: true,
  noEmit: true,
};

/** One module from a notebook's code cells, and for each of its lines where that came from. */
function joinCells(notebook) {
  const { cells } = JSON.parse(readFileSync(notebook, "utf8"));
  const lines = [];
  const places = [];
  const code = cells.filter((cell) => cell.cell_type === "code");
  for (const [index, { source }] of code.entries()) {
    const text = Array.isArray(source) ? source.join("") : source;
    for (const [line, content] of text.split("\n").entries()) {
      lines.push(content);
      places.push({ cell: index + 1, line: line + 1 });
    }
    lines.push(";"); // no statement reaches over into the next cell
    places.push(places.at(-1));
  }
  lines.push("export {};");
  places.push(places.at(-1));
  return { text: lines.join("\n"), places, count: code.length };
}

function check(notebooks) {
  const joined = new Map();
  for (const notebook of notebooks) {
    const file = join(dirname(notebook), `${basename(notebook, ".ipynb")}.cells.ts`);
    joined.set(file.replaceAll("\\", "/"), { notebook, ...joinCells(notebook) });
  }
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => joined.has(file) || fileExists(file);
  host.readFile = (file) => joined.get(file)?.text ?? readFile(file);
  host.getSourceFile = (file, ...rest) =>
    joined.has(file)
      ? ts.createSourceFile(file, joined.get(file).text, options.target)
      : getSourceFile(file, ...rest);
  const program = ts.createProgram([...joined.keys()], options, host);
  const messages = [];
  for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
    const text = `TS${diagnostic.code}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n  ")}`;
    const source = diagnostic.file && joined.get(diagnostic.file.fileName);
    if (!source) {
      messages.push(diagnostic.file ? `${diagnostic.file.fileName}: ${text}` : text);
      continue;
    }
    const { line } = diagnostic.file.getLineAndCharacterOfPosition(diagnostic.start);
    const place = source.places[line] ?? { cell: 0, line: 0 };
    messages.push(
      `${relative(process.cwd(), source.notebook)} cell ${place.cell}, line ${place.line}: ${text}`,
    );
  }
  const cells = [...joined.values()].reduce((sum, { count }) => sum + count, 0);
  return { messages, cells };
}

const folder = join(root, "notebooks");
const named = process.argv.slice(2).map((path) => resolve(path));
const all = () => readdirSync(folder).filter((name) => name.endsWith(".ipynb"));
const notebooks = named.length > 0 ? named : all().map((name) => join(folder, name));
const { messages, cells } = check(notebooks);
for (const message of messages) console.error(message);
if (messages.length > 0) console.error(`${messages.length} type errors in notebook cells.`);
else console.log(`${notebooks.length} notebooks, ${cells} cells: types are right.`);
process.exit(messages.length > 0 ? 1 : 0);
