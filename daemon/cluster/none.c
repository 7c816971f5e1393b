/* The cluster where there is no librdkafka: refused at the start. */
#include "cluster/cluster.h"

#include "base/log.h"

#include <errno.h>

int zw_cluster_open(const zw_cluster_options_t *options, zw_cluster_t **ret)
{
    zw_log(ZW_LOG_ERROR, "cluster.brokers: this zhiwend was built without librdkafka");
    *ret = NULL;
    return -ZW_E_CONFIG;
}

int zw_cluster_start(zw_cluster_t *cluster)
{
    return -ENOSYS;
}

zw_source_t zw_cluster_source(zw_cluster_t *cluster)
{
    return (zw_source_t){ 0 };
}

void zw_cluster_leave(zw_cluster_t *cluster)
{
}

void zw_cluster_end(zw_cluster_t *cluster)
{
}

void zw_cluster_close(zw_cluster_t *cluster)
{
}

void zw_cluster_info(zw_cluster_t *cluster, zw_cluster_info_t *ret)
{
    *ret = (zw_cluster_info_t){ .state = "", .name = "", .topics = "" };
}
