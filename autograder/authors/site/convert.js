// A worker that has Python and the kit: one script or notebook after the other, by autograder.answers.convert.
"use strict";

const PYTHON = `
from autograder.answers.convert import filled, script_of
from autograder.errors import GradfnError
from autograder.units.kit import Kit

def convert(to, unit, texts):
    try:
        return True, {"script": script_of, "notebook": filled}[to](Kit.here().unit(unit), *texts)
    except GradfnError as error:
        return False, str(error)

convert`;
let ready;

async function python({ pyodide, wheel }) {
  importScripts(pyodide);
  const loaded = await loadPyodide({ indexURL: pyodide.replace(/[^/]*$/, ""), packages: ["numpy", wheel] });
  return loaded.runPython(PYTHON);
}

onmessage = async ({ data }) => {
  try {
    ready ??= python(data);
    const [good, text] = (await ready)(data.to, data.unit, data.texts).toJs();
    postMessage(good ? { text } : { error: text });
  } catch (error) {
    ready = undefined;
    postMessage({ error: String(error.message ?? error).trim().split("\n").pop() });
  }
};
