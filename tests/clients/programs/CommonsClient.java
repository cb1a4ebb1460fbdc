import org.apache.commons.httpclient.HttpClient;
import org.apache.commons.httpclient.methods.PostMethod;
import org.apache.commons.httpclient.methods.StringRequestEntity;

/** commons-httpclient 3.1 as it is. */
public class CommonsClient {
    public static void main(String[] arguments) throws Exception {
        PostMethod post = new PostMethod(System.getenv("CONTEXT_SERVICES_URL") + "/services/start");
        post.setRequestEntity(
            new StringRequestEntity("{\"contact_key\": \"a\"}", "application/json", "UTF-8"));
        System.out.println(new HttpClient().executeMethod(post));
    }
}
