package dev.millrace.pipelines.spark;

import com.redislabs.provider.redis.RedisConfig;
import com.redislabs.provider.redis.RedisEndpoint;
import com.redislabs.provider.redis.RedisNode;
import dev.millrace.pipelines.core.Sink;
import dev.millrace.pipelines.stores.RedisConnections;
import redis.clients.jedis.Jedis;

/**
 * The nodes of the online store as spark-redis knows them. Connections are the store's own: those
 * of spark-redis have no user, trust no certificates but the JVM's, and do not look whose they are.
 */
final class OnlineNodes extends RedisConfig {
  private static final long serialVersionUID = 1L;

  OnlineNodes(Sink.OnlineAddress address) {
    super(new Endpoint(address, address.host(), address.port()));
  }

  /** Called by the other constructor. */
  @Override
  public RedisNode[] getNodes(RedisEndpoint initial) {
    RedisNode[] nodes = super.getNodes(initial);
    Sink.OnlineAddress address = ((Endpoint) initial).address;
    for (int i = 0; i < nodes.length; i++) {
      RedisNode node = nodes[i];
      nodes[i] =
          new RedisNode(
              new Endpoint(address, node.endpoint().host(), node.endpoint().port()),
              node.startSlot(),
              node.endSlot(),
              node.idx(),
              node.total());
    }
    return nodes;
  }

  /** Where a node listens, and how the store is spoken to. */
  private static final class Endpoint extends RedisEndpoint {
    private static final long serialVersionUID = 1L;

    private final Sink.OnlineAddress address;

    Endpoint(Sink.OnlineAddress address, String host, int port) {
      super(host, port, "", 0, 0, false);
      this.address = address;
    }

    @Override
    public Jedis connect() {
      return RedisConnections.open(OnlineLoad.settings(address), host(), port());
    }
  }
}
