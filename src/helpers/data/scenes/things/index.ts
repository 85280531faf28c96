import type { Random } from "../../../random";
import type { PlaceName } from "../places";
import type { Thing } from "../stage";
import { bird } from "./bird";
import { boat } from "./boat";
import { car } from "./car";
import { cat } from "./cat";
import { dog } from "./dog";
import { fish } from "./fish";
import { horse } from "./horse";
import { person } from "./person";
import { plane } from "./plane";
import { truck } from "./truck";

export interface Kind {
  name: string;
  make: (chance: Random) => Thing;
  /** Where it is met; a place named twice is twice as likely. */
  places: PlaceName[];
}

/** The ten classes. Each place belongs to several, so that a background alone tells little. */
export const kinds: Kind[] = [
  { name: "bird", make: bird, places: ["sky", "leaves", "leaves", "field", "sea", "backdrop", "room"] },
  { name: "boat", make: boat, places: ["sea", "sea", "sea", "sky", "field", "backdrop", "street"] },
  { name: "car", make: car, places: ["street", "street", "field", "backdrop", "leaves", "sea"] },
  { name: "cat", make: cat, places: ["room", "room", "field", "leaves", "backdrop", "street"] },
  { name: "dog", make: dog, places: ["room", "field", "field", "leaves", "backdrop", "street", "sea"] },
  { name: "fish", make: fish, places: ["depths", "depths", "backdrop", "room", "leaves", "sea"] },
  { name: "horse", make: horse, places: ["field", "field", "leaves", "street", "sea", "backdrop"] },
  {
    name: "person",
    make: person,
    places: ["room", "street", "field", "sea", "leaves", "backdrop", "sky", "depths"],
  },
  { name: "plane", make: plane, places: ["sky", "sky", "field", "street", "sea", "backdrop", "depths"] },
  { name: "truck", make: truck, places: ["street", "street", "field", "backdrop", "sea", "room"] },
];
