// Runs npm libraries for tests/interop/peer.py: a JSON object per line in, {"result"} or {"failed"} per line out.
// Nothing is fetched: documents are handed over by the operation "hold".
import {createRequire} from 'node:module';
import {createInterface} from 'node:readline';
import {pathToFileURL} from 'node:url';
import {gunzipSync} from 'node:zlib';

const require = createRequire(new URL('../../node/package.json', import.meta.url));
const load = name => import(pathToFileURL(require.resolve(name)));
const [vc, {DataIntegrityProof}, {cryptosuite}, Ed25519Multikey, jose] = await Promise.all([
  '@digitalbazaar/vc', '@digitalbazaar/data-integrity', '@digitalbazaar/eddsa-rdfc-2022-cryptosuite',
  '@digitalbazaar/ed25519-multikey', 'jose'
].map(load));

const MULTIKEY = 'https://w3id.org/security/multikey/v1';
const held = new Map();

function hold({documents}) {
  Object.entries(documents).forEach(([url, document]) => held.set(url, document));
}

function methodOf(url) {
  const method = held.get(url.split('#')[0])?.verificationMethod?.find(({id}) => id === url);
  if(!method) {
    throw new Error(`No verification method ${url}`);
  }
  return method;
}

async function documentLoader(url) {
  let document = held.get(url) ?? keyDocument(url);
  if(!document && url.includes('#')) {
    document = {'@context': MULTIKEY, ...methodOf(url)};
  }
  if(!document) {
    throw new Error(`Not held: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document};
}

// did:key: the document is in the name.
function keyDocument(url) {
  if(!url.startsWith('did:key:')) {
    return undefined;
  }
  const [did, fragment] = url.split('#');
  const publicKeyMultibase = did.slice('did:key:'.length);
  const method = {'@context': MULTIKEY, id: `${did}#${publicKeyMultibase}`, type: 'Multikey', controller: did,
    publicKeyMultibase};
  const document = {'@context': ['https://www.w3.org/ns/did/v1', MULTIKEY], id: did,
    verificationMethod: [method], assertionMethod: [method.id]};
  return fragment ? method : document;
}

// The list is a credential itself; its bits are read here without any of Touchstone's code.
async function checkStatus({credential}) {
  const {statusListCredential, statusListIndex, statusPurpose} = credential.credentialStatus;
  const list = held.get(statusListCredential);
  const problem = await verify({credential: list});
  const {type, encodedList, statusPurpose: purpose} = list.credentialSubject;
  const isIssuers = list.issuer === credential.issuer.id && list.id === statusListCredential;
  if(problem || !isIssuers || type !== 'BitstringStatusList' || purpose !== statusPurpose) {
    return {verified: false, error: new Error(`unusable list: ${problem}`)};
  }
  const bits = gunzipSync(Buffer.from(encodedList.slice(1), 'base64url'));
  const index = Number(statusListIndex);
  const isSet = (bits[index >> 3] >> (7 - (index & 7))) & 1;
  return isSet ? {verified: false, error: new Error(`status: ${statusPurpose}`)} : {verified: true};
}

async function verify({credential}) {
  const suite = new DataIntegrityProof({cryptosuite});
  const result = await vc.verifyCredential({credential, suite, documentLoader, checkStatus});
  if(result.verified) {
    return '';
  }
  const {error = result.statusResult?.error} = result;
  return [error.message, ...(error.errors ?? []).map(({message}) => message)].join(' ');
}

async function verifyToken({token}) {
  try {
    const {controller, publicKeyJwk} = methodOf(jose.decodeProtectedHeader(token).kid);
    const alg = publicKeyJwk.kty === 'RSA' ? 'RS256' : 'ES256';
    const key = await jose.importJWK(publicKeyJwk, alg);
    await jose.jwtVerify(token, key, {algorithms: [alg], issuer: controller});
    return '';
  } catch(error) {
    return `${error.name}: ${error.message}`;
  }
}

async function readReceipt({receipt}) {
  const {controller, publicKeyJwk} = methodOf(jose.decodeProtectedHeader(receipt).kid);
  const key = await jose.importJWK(publicKeyJwk, 'ES256');
  const terms = {algorithms: ['ES256'], issuer: controller, typ: 'receipt+jwt', requiredClaims: ['iat']};
  return (await jose.jwtVerify(receipt, key, terms)).payload;
}

// An issuer of theirs, the same for the same seed. Without `did` it is the did:key of its key.
async function issuer({seed, did}) {
  const key = await Ed25519Multikey.generate({seed: new Uint8Array(32).fill(seed)});
  const controller = did ?? `did:key:${key.publicKeyMultibase}`;
  return Object.assign(key, {controller, id: `${controller}#${did ? 'key-1' : key.publicKeyMultibase}`});
}

async function issue({seed, did, credential}) {
  const key = await issuer({seed, did});
  const suite = new DataIntegrityProof({signer: key.signer(), cryptosuite});
  const named = typeof credential.issuer === 'object' ? {...credential.issuer, id: key.controller} : key.controller;
  return vc.issue({credential: {...credential, issuer: named}, suite, documentLoader});
}

async function didDocument({seed, did}) {
  const key = await issuer({seed, did});
  const {'@context': _, ...method} = await key.export({publicKey: true, includeContext: false});
  return {'@context': ['https://www.w3.org/ns/did/v1', MULTIKEY], id: did,
    verificationMethod: [{...method, id: key.id, controller: did}], assertionMethod: [key.id]};
}

// Signs with a fresh key; answers the token and the public JWK, for the test to publish under `kid`.
async function issueToken({alg, header, payload}) {
  const {publicKey, privateKey} = await jose.generateKeyPair(alg, {extractable: true});
  const token = await new jose.SignJWT(payload).setProtectedHeader({alg, typ: 'JWT', ...header}).sign(privateKey);
  return {token, jwk: await jose.exportJWK(publicKey)};
}

const operations = {hold, verify, verifyToken, readReceipt, issue, didDocument, issueToken};

for await (const line of createInterface({input: process.stdin})) {
  const {operation, ...given} = JSON.parse(line);
  let answer;
  try {
    answer = {result: (await operations[operation](given)) ?? null};
  } catch(error) {
    answer = {failed: `${error.name}: ${error.message} ${JSON.stringify(error.details ?? '')}`};
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
