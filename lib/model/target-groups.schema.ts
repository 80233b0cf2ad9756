/** What Prometheus' HTTP service discovery takes. */
import { z } from "zod";

export const targetGroupsSchema = z.array(
  z.object({
    targets: z.array(z.string()).meta({ description: "ids of nodes, for /scrape?target=" }),
    labels: z.record(z.string(), z.string()).meta({
      description: "namespace, pool and the pool's labels, under names that Prometheus takes",
    }),
  }),
);
export type TargetGroups = z.infer<typeof targetGroupsSchema>;
