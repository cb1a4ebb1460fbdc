import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** OkHttp as it is, on one connection. */
public class OkHttpClients {
    public static void main(String[] arguments) throws Exception {
        OkHttpClient client = new OkHttpClient();
        for (String key : new String[] {"a", "b"}) {
            RequestBody body = RequestBody.create(
                MediaType.parse("application/json"), "{\"contact_key\": \"" + key + "\"}");
            Request request = new Request.Builder()
                .url(System.getenv("CONTEXT_SERVICES_URL") + "/services/start").post(body).build();
            try (Response response = client.newCall(request).execute()) {
                System.out.println(response.code() + response.body().string());
            }
        }
        client.dispatcher().executorService().shutdown();
        client.connectionPool().evictAll();
    }
}
