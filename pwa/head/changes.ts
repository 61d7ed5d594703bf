// What is changed in @mediapipe/face_mesh before it is served.

/** Replaces what lies between two marks; throws when the package no longer looks like that. */
function between(text: string, from: string, to: string, by: string): string {
  const start = text.indexOf(from)
  const end = text.indexOf(to, start)
  if (start < 0 || end < 0) throw new Error(`the face finder has no "${from}"`)
  return text.slice(0, start) + by + text.slice(end)
}

const NAMED = `function createNamedFunction(name,body){return function(){return body.apply(this,arguments)}}`

const INVOKER = `var returns=argTypes[0].name!=="void";
return function(){
  if(arguments.length!==argCount-2)throwBindingError("function "+humanName+" called with "+arguments.length+" arguments, expected "+(argCount-2)+" args!");
  var destructors=needsDestructorStack?[]:null;
  var wired=[];
  if(isClassMethodFunc)wired.push(argTypes[1].toWireType(destructors,this));
  for(var i=0;i<argCount-2;++i)wired.push(argTypes[i+2].toWireType(destructors,arguments[i]));
  var rv=cppInvokerFunc.apply(null,[cppTargetFunc].concat(wired));
  if(needsDestructorStack)runDestructors(destructors);
  else for(var i=isClassMethodFunc?1:2;i<argTypes.length;++i)
    if(argTypes[i].destructorFunction!==null)argTypes[i].destructorFunction(wired[isClassMethodFunc?i-1:i-2]);
  if(returns)return argTypes[0].fromWireType(rv);
}}`

const CALLER = `var types=__emval_lookupTypes(argCount,argTypes);var retType=types[0];
return __emval_addMethodCaller(function(handle,name,destructors,args){
  var values=[],offset=0;
  for(var i=1;i<argCount;++i){values.push(types[i].readValueFromPointer(args+offset));offset+=types[i]["argPackAdvance"]}
  var rv=handle[name].apply(handle,values);
  for(var i=1;i<argCount;++i)if(types[i]["deleteObject"])types[i].deleteObject(values[i-1]);
  if(!retType.isVoid)return retType.toWireType(destructors,rv);
})}`

/** Functions that embind makes from text, as closures: the page's security policy allows no text to become code. */
export function withoutEval(glue: string): string {
  const named = between(glue, 'function createNamedFunction(', 'var emval_free_list', NAMED)
  const invoker = between(
    named,
    'var returns=argTypes[0].name!=="void";var argsList',
    'function heap32VectorToArray',
    INVOKER,
  )
  return between(
    invoker,
    'var types=__emval_lookupTypes(argCount,argTypes);var retType=types[0];var signatureName',
    'function __emval_incref',
    CALLER,
  )
}

/** Two thirds of the packed assets are a model that is never asked for. */
export function withoutAttention(loader: string, data: Uint8Array): { loader: string; data: Uint8Array } {
  const entry = /\{"filename": "[^"]*with_attention\.tflite", "start": 0, "end": (\d+), "audio": 0\}, /
  const size = Number(entry.exec(loader)?.[1])
  if (!size) throw new Error('the face finder has no model with attention at the start')
  const moved = loader
    .replace(entry, '')
    .replace(/"(start|end)": (\d+)/g, (_, name, at) => `"${name}": ${Number(at) - size}`)
    .replace(/"remote_package_size": (\d+)/, (_, all) => `"remote_package_size": ${Number(all) - size}`)
  return { loader: moved, data: data.subarray(size) }
}
