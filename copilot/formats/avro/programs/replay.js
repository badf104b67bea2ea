// Decodes single records with avsc, from the folder that the first argument names: a JSON object of strings a line in, one JSON
// object a line out.
//
// In: {"writer": schema, "reader": schema, "data": hex}, or {"hello": ""}. Out: {"value": ..., "leftover": n}, {"refused": reason}
// or {"version": ...}. An array in a value is a tag and what it is about: ["list", ...], ["bytes", hex], ["number", text]. Values
// in a union are wrapped, {branch: value}, by avsc itself where it can: it then refuses some defaults that its users' programs take,
// and the branch is told from the value. Logical types are left to whoever asks, as avsc itself leaves them.
'use strict';

const path = require('path');
const folder = process.argv[2];
const home = path.dirname(require.resolve('avsc/package.json', {paths: [folder]}));
const avsc = require(home);

const RESOLVERS_MAX = 512;
const REASON_CHARACTERS_MAX = 300;
const resolvers = new Map();

// Schemas come with full names, and avsc looks for the namespace of a type's aliases in "namespace" only.
function withNamespace(key, value) {
  if (value !== null && typeof value === 'object' && typeof value.name === 'string' && Array.isArray(value.aliases)) {
    const dot = value.name.lastIndexOf('.');
    return dot > 0 && value.namespace === undefined ? {...value, namespace: value.name.slice(0, dot)} : value;
  }
  return value;
}

function typeOf(text) {
  try {
    return avsc.Type.forSchema(JSON.parse(text, withNamespace), {wrapUnions: true});
  } catch (error) {
    return avsc.Type.forSchema(JSON.parse(text, withNamespace));
  }
}

function wrapped(value, type) {
  switch (type.typeName) {
    case 'union:unwrapped': {
      const branch = type.types.find((own) => own.isValid(value));
      return value === null ? value : {[branch.branchName]: wrapped(value, branch)};
    }
    case 'union:wrapped': {
      const name = value === null ? undefined : Object.keys(value)[0];
      const branch = type.types.find((own) => own.branchName === name);
      return value === null ? value : {[name]: wrapped(value[name], branch)};
    }
    case 'record':
    case 'error':
      return Object.fromEntries(type.fields.map(({name, type: own}) => [name, wrapped(value[name], own)]));
    case 'array':
      return value.map((item) => wrapped(item, type.itemsType));
    case 'map':
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, wrapped(item, type.valuesType)]));
    default:
      return value;
  }
}

function resolved(writer, reader) {
  const key = JSON.stringify([writer, reader]);
  if (!resolvers.has(key)) {
    if (resolvers.size >= RESOLVERS_MAX) {
      resolvers.clear();
    }
    const type = typeOf(reader);
    // The same schema needs no resolver, and its own users make none.
    resolvers.set(key, [type, writer === reader ? undefined : type.createResolver(typeOf(writer))]);
  }
  return resolvers.get(key);
}

function tagged(value) {
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
    return ['number', Object.is(value, -0) ? '-0.0' : String(value)];
  }
  if (Buffer.isBuffer(value)) {
    return ['bytes', value.toString('hex')];
  }
  if (Array.isArray(value)) {
    return ['list', ...value.map(tagged)];
  }
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, tagged(item)]));
  }
  return value;
}

function answer(asked) {
  if ('hello' in asked) {
    return {version: require(path.join(home, 'package.json')).version};
  }
  try {
    const [type, resolver] = resolved(asked.writer, asked.reader);
    const data = Buffer.from(asked.data, 'hex');
    const {value, offset} = type.decode(data, 0, resolver);
    if (offset < 0) {
      return {refused: 'truncated buffer'};
    }
    return {value: tagged(wrapped(value, type)), leftover: data.length - offset};
  } catch (error) {
    return {refused: String(error && error.message).replace(/\s+/g, ' ').slice(0, REASON_CHARACTERS_MAX)};
  }
}

require('readline')
  .createInterface({input: process.stdin, terminal: false})
  .on('line', (line) => process.stdout.write(JSON.stringify(answer(JSON.parse(line))) + '\n'));
