/** TensorFlow's messages for graphs, written by the classes that TensorFlow.js comes with. */
import { createRequire } from "node:module";
import type { Attribute } from "../backend";

/** The part of the generated classes that is used here; they come without types. */
interface Messages {
  SavedModel: new () => {
    setSavedModelSchemaVersion(version: number): void;
    addMetaGraphs(graph: unknown): void;
    serializeBinary(): Uint8Array;
  };
  MetaGraphDef: (new () => { setMetaInfoDef(info: unknown): void; setGraphDef(graph: unknown): void }) & {
    MetaInfoDef: new () => { addTags(tag: string): void };
  };
  GraphDef: new () => { addNode(node: unknown): void; setVersions(versions: unknown): void };
  VersionDef: new () => { setProducer(version: number): void };
  NodeDef: new () => {
    setName(name: string): void;
    setOp(op: string): void;
    setInputList(inputs: readonly string[]): void;
    getAttrMap(): Map<string, unknown>;
  };
  AttrValue: (new () => Record<
    `set${"S" | "I" | "F" | "B" | "Type" | "Shape" | "Tensor" | "List"}`,
    Setter
  >) & {
    ListValue: new () => Record<`set${"S" | "I" | "F" | "B" | "Type"}List`, Setter>;
  };
  Tensor: new () => Record<"setDtype" | "setTensorShape" | "setTensorContent", Setter>;
  TensorShape: (new () => { addDim(dim: unknown): void }) & {
    Dim: new () => { setSize(size: number): void };
  };
}

type Setter = (value: unknown) => void;

const load = createRequire(__filename);
const pb = load("@tensorflow/tfjs-node/dist/proto/api_pb.js") as Messages;

/** By which a saved model's graph is chosen. */
export const TAG = "serve";

/** A node of a graph. An input is the name of a node, with `:1` behind it for its second output, or with `^`
 * before it where the node only has to be done first. */
export interface Node {
  name: string;
  op: string;
  inputs: readonly string[];
  attributes: readonly Attribute[];
  /** A constant's. */
  value?: Value;
}

export interface Value {
  /** TensorFlow's number of it. */
  dtype: number;
  shape: readonly number[];
  bytes: Uint8Array;
}

/** A saved model without variables, as the file `saved_model.pb` holds it. */
export function savedModel(nodes: readonly Node[]): Uint8Array {
  const graph = new pb.GraphDef();
  for (const node of nodes) graph.addNode(nodeMessage(node));
  const versions = new pb.VersionDef();
  versions.setProducer(PRODUCER);
  graph.setVersions(versions);
  const info = new pb.MetaGraphDef.MetaInfoDef();
  info.addTags(TAG);
  const metaGraph = new pb.MetaGraphDef();
  metaGraph.setMetaInfoDef(info);
  metaGraph.setGraphDef(graph);
  const model = new pb.SavedModel();
  model.setSavedModelSchemaVersion(1);
  model.addMetaGraphs(metaGraph);
  return model.serializeBinary();
}

/** The graph's version, by which TensorFlow refuses operations that had been given up: one of TensorFlow 2's, which
 * later ones read too. */
const PRODUCER = 1087;

function nodeMessage({ name, op, inputs, attributes, value }: Node): unknown {
  const node = new pb.NodeDef();
  node.setName(name);
  node.setOp(op);
  node.setInputList(inputs);
  for (const attribute of attributes) node.getAttrMap().set(attribute.name, attributeMessage(attribute));
  if (value) node.getAttrMap().set("value", tensorMessage(value));
  return node;
}

/** The field for each of the addon's types of attributes, by their numbers. */
const FIELDS = ["S", "I", "F", "B", "Type", "Shape"] as const;

/** @throws Where the graph's messages have no such attribute. */
function attributeMessage({ name, type, value }: Attribute): unknown {
  const field = FIELDS[type];
  const message = new pb.AttrValue();
  if (field === "Shape") message.setShape(shapeMessage(value as number[]));
  else if (field === undefined) throw new Error(`the attribute ${name} is of an unknown type`);
  else if (Array.isArray(value)) {
    const list = new pb.AttrValue.ListValue();
    list[`set${field}List`](field === "S" ? value.map((text) => Buffer.from(text as string)) : value);
    message.setList(list);
  } else message[`set${field}`](field === "S" ? Buffer.from(value as string) : value);
  return message;
}

function shapeMessage(shape: readonly number[]): unknown {
  const message = new pb.TensorShape();
  for (const size of shape) {
    const dim = new pb.TensorShape.Dim();
    dim.setSize(size);
    message.addDim(dim);
  }
  return message;
}

function tensorMessage({ dtype, shape, bytes }: Value): unknown {
  const tensor = new pb.Tensor();
  tensor.setDtype(dtype);
  tensor.setTensorShape(shapeMessage(shape));
  tensor.setTensorContent(bytes);
  const message = new pb.AttrValue();
  message.setTensor(tensor);
  return message;
}
