// Runs npm libraries for tests/bench/theirs.py: a JSON object per line in, {"result"} or {"failed"} per line out.
// An operation with a list of inputs answers {seconds, last}: CPU seconds of this process for the whole list, all its
// threads included, and the last output. Reading the list and writing the answer are outside of the clock.
import {createRequire} from 'node:module';
import {createServer} from 'node:http';
import {createInterface} from 'node:readline';
import {pathToFileURL} from 'node:url';

const require = createRequire(new URL('../../node/package.json', import.meta.url));
const load = name => import(pathToFileURL(require.resolve(name)));
const [vc, {DataIntegrityProof}, {cryptosuite}, Ed25519Multikey, jose] = await Promise.all([
  '@digitalbazaar/vc', '@digitalbazaar/data-integrity', '@digitalbazaar/eddsa-rdfc-2022-cryptosuite',
  '@digitalbazaar/ed25519-multikey', 'jose'
].map(load));

const held = new Map();
const [proofKey, tokenKeys] = await Promise.all([Ed25519Multikey.generate(), jose.generateKeyPair('ES256')]);

async function documentLoader(url) {
  const document = held.get(url);
  if(!document) {
    throw new Error(`Not held: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document};
}

function hold({documents}) {
  Object.entries(documents).forEach(([url, document]) => held.set(url, document));
}

async function timed(inputs, work) {
  globalThis.gc?.();
  let last;
  const before = process.cpuUsage();
  for(const input of inputs) {
    last = await work(input);
  }
  const {user, system} = process.cpuUsage(before);
  return {seconds: (user + system) / 1e6, last};
}

// From a parsed credential to the text of the signed one.
function issue({inputs, method}) {
  const suite = new DataIntegrityProof({signer: {...proofKey.signer(), id: method}, cryptosuite});
  return timed(inputs, async credential => JSON.stringify(await vc.issue({credential, suite, documentLoader})));
}

// Status is not looked up: a stub says that all is well.
const checkStatus = async () => ({verified: true});

// From the text of a signed credential to whether it holds.
function verify({inputs}) {
  const suite = new DataIntegrityProof({cryptosuite});
  return timed(inputs, async text => {
    const result = await vc.verifyCredential({credential: JSON.parse(text), suite, documentLoader, checkStatus});
    if(!result.verified) {
      throw result.error;
    }
    return true;
  });
}

// The same behind HTTP: the body of a request is a credential, the answer says whether it holds.
async function listen() {
  const suite = new DataIntegrityProof({cryptosuite});
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    let status = 400, body;
    try {
      const credential = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      const {verified} = await vc.verifyCredential({credential, suite, documentLoader, checkStatus});
      [status, body] = [200, {verified}];
    } catch(error) {
      body = {error: String(error)};
    }
    const text = Buffer.from(JSON.stringify(body));
    response.writeHead(status, {'Content-Type': 'application/json', 'Content-Length': text.length}).end(text);
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return {port: server.address().port, pid: process.pid};
}

function signToken({inputs, kid}) {
  const header = {alg: 'ES256', kid, typ: 'JWT'};
  return timed(inputs, payload => new jose.SignJWT(payload).setProtectedHeader(header).sign(tokenKeys.privateKey));
}

async function verifyToken({inputs, jwk, issuer}) {
  const key = await jose.importJWK(jwk, 'ES256');
  return timed(inputs, async token => {
    await jose.jwtVerify(token, key, {algorithms: ['ES256'], issuer});
    return true;
  });
}

async function publicKeys() {
  const {publicKeyMultibase} = await proofKey.export({publicKey: true});
  return {proof: publicKeyMultibase, token: await jose.exportJWK(tokenKeys.publicKey)};
}

const operations = {hold, issue, verify, signToken, verifyToken, publicKeys, listen};

for await (const line of createInterface({input: process.stdin})) {
  const {operation, ...given} = JSON.parse(line);
  let answer;
  try {
    answer = {result: (await operations[operation](given)) ?? null};
  } catch(error) {
    const reasons = (error.errors ?? []).map(({message}) => message);
    answer = {failed: [`${error.name}: ${error.message}`, ...reasons].join(' ')};
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
