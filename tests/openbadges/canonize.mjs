// Canonicalises documents with npm jsonld and rdf-canonize in safe mode, for tests/openbadges/npm_canonize.py:
// one JSON document per line in; per line out {"canonical"} or {"refused"}. The first line holds the contexts by URL.
import {createRequire} from 'node:module';
import {createInterface} from 'node:readline';
import {pathToFileURL} from 'node:url';

const require = createRequire(new URL('../node/package.json', import.meta.url));
const jsonld = (await import(pathToFileURL(require.resolve('jsonld')))).default;

const lines = createInterface({input: process.stdin})[Symbol.asyncIterator]();
const contexts = JSON.parse((await lines.next()).value);

async function documentLoader(url) {
  if(!(url in contexts)) {
    throw new Error(`Not held: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: contexts[url]};
}

const options = {algorithm: 'RDFC-1.0', format: 'application/n-quads', safe: true, base: null, documentLoader};
for await (const line of lines) {
  let answer;
  try {
    answer = {canonical: await jsonld.canonize(JSON.parse(line), options)};
  } catch(error) {
    answer = {refused: error.message};
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
